#!/usr/bin/env bash
# run_local.sh BUILD: serves the examples from a build tree until Ctrl-C. PORT= and WASM_PORT= choose
# other ports than 8787 and 8788; PORT= alone moves both.
set -euo pipefail
cd "$(dirname "$0")/.."

bin="${1:?usage: deploy/run_local.sh BUILD}/bin"
port=${PORT:-8787}
wasm_port=${WASM_PORT:-$((port + 1))}
work="${TMPDIR:-/tmp}/nano-run-$(id -u)"
admin="$work/run/admin.sock"

fail() { printf 'nano: %s\n' "$*" >&2; exit 1; }
deploy() { "$bin/nanoctl" deploy "$@" --admin="$admin"; }

[ -x "$bin/nanod" ] || fail "$bin/nanod is not built: make build"
for wanted in "$port" "$wasm_port"; do
  if (: < "/dev/tcp/127.0.0.1/$wanted") 2>/dev/null; then
    fail "port $wanted on 127.0.0.1 is taken by another program; choose one with: make run PORT=9090"
  fi
done

# The folder's name can be guessed: what is there must be ours and must not be a link.
mkdir -p "$work"
if [ -L "$work" ] || [ ! -O "$work" ]; then fail "$work is not a folder of our own"; fi
mkdir -p "$work/run" "$work/state"
chmod 0711 "$work"
chmod 0700 "$work/run" "$work/state"
# A machine of a developer may have no cgroups for us: then nanod watches memory itself.
flags=(--http="127.0.0.1:$port" --admin="$admin" --state="$work/state" --minloglevel=1
  --allow-weaker-sandbox=cgroup)
if [ "$(id -u)" = 0 ]; then
  # nanod does not run as root.
  chown -R nobody "$work/run" "$work/state"
  flags+=(--user=nobody)
fi

# In a session of its own: Ctrl-C reaches nanod once, through us; a second signal would cut the drain.
setsid "$bin/nanod" "${flags[@]}" &
nanod=$!
stopping=
stop() {
  stopping=yes
  kill -TERM "$nanod" 2>/dev/null || true
}
trap stop INT TERM HUP
# Also when a deploy below fails: nanod never stays behind.
trap 'kill -TERM "$nanod" 2>/dev/null || true; wait "$nanod" || true' EXIT

until "$bin/nanoctl" status --admin="$admin" >/dev/null 2>&1; do
  kill -0 "$nanod" 2>/dev/null || fail "nanod did not start; what it said is above"
  [ -z "$stopping" ] || exit 0
  sleep 0.1
done

deploy examples/hello
deploy examples/json-api
deploy examples/streaming
deploy examples/wasm --port="$wasm_port"
deploy examples/hono

cat <<END

nano serves the examples. In another terminal:

  curl http://hello.localhost:$port/
  curl http://json-api.localhost:$port/
  curl -N http://streaming.localhost:$port/
  curl 'http://127.0.0.1:$wasm_port/?n=30'
  curl http://hono.localhost:$port/hello/you

  export NANO_ADMIN=$admin
  $bin/nanoctl list
  $bin/nanoctl deploy YOUR-FOLDER

Ctrl-C stops it. What is deployed stays in $work for the next run.
END

# A signal ends the first wait; nanod is given the time to answer what it has.
code=0
wait "$nanod" || code=$?
[ -z "$stopping" ] || { code=0; wait "$nanod" || code=$?; }
trap - EXIT
exit "$code"
