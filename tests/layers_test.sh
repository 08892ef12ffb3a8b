#!/usr/bin/env bash
# The table of what each folder may include. A fact that leaks past its folder has no home any more:
# V8 in the supervisor would put strangers' bugs beside everybody's requests.
set -euo pipefail
cd "$(dirname "$0")/.."

bad=0

# Fails for every #include in FOLDER that matches PATTERN, an extended regular expression of what
# stands between the quotes or angle brackets.
forbid() {
  local folder=$1 pattern=$2 why=$3 found
  found=$(grep -rnE --include='*.h' --include='*.cc' --include='*.c' \
    "^[[:space:]]*#[[:space:]]*include[[:space:]]*[\"<]($pattern)" "$folder" || true)
  if [ -n "$found" ]; then
    printf '%s\n  %s\n' "$found" "$folder: $why"
    bad=1
  fi
}

v8='v8[^>"]*\.h|libplatform/|node[^>"]*\.h|uv\.h'
rpc='capnp/|event2/'

forbid protocol "(nanoctl|sandbox|snapshot|supervisor|worker|tests|bench)/|$v8" \
  'the contract between processes includes nothing of nano but itself'
forbid sandbox "(nanoctl|protocol|snapshot|supervisor|worker|tests|bench)/|$v8|$rpc" \
  'taking rights away knows neither V8 nor RPC'
forbid snapshot "(nanoctl|protocol|sandbox|supervisor|worker|tests|bench)/|$rpc" \
  'what a running request needs goes through snapshot/host.h, which worker implements'
forbid worker '(nanoctl|supervisor|tests|bench)/' \
  'a worker includes snapshot, sandbox and protocol'
forbid supervisor "(nanoctl|snapshot|worker|tests|bench)/|$v8" \
  'the supervisor includes sandbox and protocol, and never V8'
forbid nanoctl "(protocol|sandbox|snapshot|supervisor|worker|tests|bench)/|$v8|$rpc" \
  'nanoctl speaks to nanod over the control API only'

# Includes start at the root, so that one file has one name.
relative=$(grep -rnE --exclude-dir=node_modules --include='*.h' --include='*.cc' '^#include "\.\.?/' \
  nanoctl protocol sandbox snapshot supervisor worker tests bench || true)
if [ -n "$relative" ]; then
  printf '%s\n  includes start at the root of the repository\n' "$relative"
  bad=1
fi

# A V8 from elsewhere is a change to one file.
engine=$(grep -rnl --include=CMakeLists.txt --include='*.cmake' 'node-linux' . \
  --exclude-dir=build --exclude-dir=node_modules | grep -v '^\./cmake/Engine.cmake$' || true)
if [ -n "$engine" ]; then
  printf '%s\n  only cmake/Engine.cmake knows where the engine comes from\n' "$engine"
  bad=1
fi
exit "$bad"
