#!/usr/bin/env bash
# What a client notices of deploys, crashes and stuck workers. Every line that must hold ends in
# "ok" or "FAILED", and the exit code says whether all do.
#
#   bench/faults.sh [BUILD] [--only=deploy|power|crash|stop|spin] [--deploys=N]
#
# --deploys is the number of deploys that are interrupted by kill -9 of nanod (200).
set -euo pipefail
BENCH=$(cd "$(dirname "$0")" && pwd)
BUILD=build/release only='' deploys=200
for argument in "$@"; do
  case "$argument" in
    --only=*) only=${argument#*=} ;;
    --deploys=*) deploys=${argument#*=} ;;
    -*) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) BUILD=$argument ;;
  esac
done
. "$BENCH/harness.sh"

failures=0
# verdict LABEL CONDITION...: CONDITION is test's.
verdict() {
  local label=$1
  shift
  if test "$@"; then
    printf '  %-70s ok\n' "$label"
  else
    printf '  %-70s FAILED\n' "$label"
    failures=$((failures + 1))
  fi
}

# start_load HOST CONNECTIONS: wrk in the background until end_load, whose report is $WORK/load.
start_load() {
  wrk -t1 "-c$2" -d600s --timeout 20s --latency -H "Host: $1" "http://127.0.0.1:$NANOD_PORT/" \
    >"$WORK/load" 2>&1 &
  LOAD_PID=$!
  STARTED+=("$LOAD_PID")
}
end_load() {
  kill -INT "$LOAD_PID"  # It prints what it has.
  wait "$LOAD_PID" || true
}
load_field() { wrk_field "$1" <"$WORK/load"; }

# says NAME TEXT: an app's folder that answers with this text.
says() {
  mkdir -p "$WORK/apps/$1"
  echo "export default { fetch() { return new Response('$2'); } };" >"$WORK/apps/$1/index.js"
  echo "$WORK/apps/$1"
}

for part in deploy power crash stop spin; do . "$BENCH/faults/$part.sh"; done
for part in deploy power crash stop spin; do
  if [ -z "$only" ] || [ "$only" = "$part" ]; then
    rm -rf "$STATE"
    start_nanod
    "measure_$part"
    stop_nanod KILL
  fi
done
echo "load $(load_average); $failures failed"
[ "$failures" = 0 ]
