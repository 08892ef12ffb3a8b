#!/usr/bin/env bash
# How long the first request to an app takes that was never loaded, when its cordon's worker runs:
# N apps of one tenant, one of them touched, then one request to each of the others, then another.
# The times are curl's own, connection included; starting curl is not in them.
#
#   bench/cold_start.sh [BUILD] [--apps=N] [--pause=SECONDS]
#
# --pause is left between two first requests (default 0.2: the spare isolate is there again); with 0
# they come at once, which is a burst of cold starts.
set -euo pipefail
BENCH=$(cd "$(dirname "$0")" && pwd)
BUILD=build/release apps=50 pause=0.2
for argument in "$@"; do
  case "$argument" in
    --apps=*) apps=${argument#*=} ;;
    --pause=*) pause=${argument#*=} ;;
    -*) sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) BUILD=$argument ;;
  esac
done
. "$BENCH/harness.sh"

make_app() {
  mkdir -p "$WORK/apps/$1"
  echo "export default { fetch() { return new Response('$1'); } };" >"$WORK/apps/$1/index.js"
}

# timed_get APP: microseconds on stdout.
timed_get() {
  local out
  out=$(curl -s -w '\n%{http_code} %{time_total}' -H "Host: $1.localhost" \
    "http://127.0.0.1:$NANOD_PORT/") || fail "$1 does not answer"
  [[ $out == "$1"$'\n200 '* ]] || fail "$1 answers $out"
  awk -v seconds="${out##* }" 'BEGIN { printf "%d\n", seconds * 1e6 }'
}

start_nanod
for ((i = 0; i <= apps; i++)); do
  make_app "app$i"
  deploy "app$i" "$WORK/apps/app$i"
done
timed_get app0 >/dev/null
worker=$(worker_of default)
for ((i = 1; i <= apps; i++)); do
  sleep "$pause"
  timed_get "app$i" >>"$WORK/first"
done
for ((i = 1; i <= apps; i++)); do timed_get "app$i" >>"$WORK/second"; done
[ "$(worker_of default)" = "$worker" ] || fail "the worker was replaced meanwhile"

echo "cold start in a running worker, $apps apps, pause $pause s; load $(load_average)"
percentiles "first request to an app" <"$WORK/first"
percentiles "second request" <"$WORK/second"
