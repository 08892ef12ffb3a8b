#!/usr/bin/env bash
# Requests/s, latency and CPU per request of nano, beside workerd with the same scripts in the same
# run. The two take turns: a machine that is busy for a while is busy for both.
#
#   bench/run.sh [BUILD] [--seconds=N] [--rounds=N] [--no-cold-start]
set -euo pipefail
BENCH=$(cd "$(dirname "$0")" && pwd)
BUILD=build/release seconds=5 rounds=3 cold_start=1
for argument in "$@"; do
  case "$argument" in
    --seconds=*) seconds=${argument#*=} ;;
    --rounds=*) rounds=${argument#*=} ;;
    --no-cold-start) cold_start='' ;;
    -*) sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) BUILD=$argument ;;
  esac
done
. "$BENCH/harness.sh"
. "$BENCH/http/workerd.sh"

APPS=(hello json headers)

# measure SERVER PID APP CONNECTIONS URL HOST: one wrk run, one line of $WORK/figures.
measure() {
  local before after report="$WORK/wrk.out"
  before=$(cpu_us "$2")
  wrk_run "$4" "$seconds" "$5" "$6" >"$report" || { cat "$report" >&2; fail "wrk failed"; }
  after=$(cpu_us "$2")
  echo "$3 $4 $1 $(wrk_field rate <"$report") $(wrk_field p50 <"$report")" \
    "$(wrk_field p99 <"$report") $((after - before)) $(wrk_field requests <"$report")" \
    "$(wrk_field failed <"$report")" >>"$WORK/figures"
}

round() {
  local app connections
  for app in "${APPS[@]}"; do
    for connections in 64 1; do
      measure nano "$NANOD_PID" "$app" "$connections" \
        "http://127.0.0.1:$NANOD_PORT/" "$app.localhost"
      measure workerd "$WORKERD_PID" "$app" "$connections" \
        "http://127.0.0.1:$(workerd_port "$app")/" "$app.localhost"
    done
  done
}

# The same answer from both, or the comparison means nothing.
check_answers() {
  local app theirs
  for app in "${APPS[@]}"; do
    http_get "$app.localhost" /x
    theirs=$(curl -s -A '' "http://127.0.0.1:$(workerd_port "$app")/x")
    if [ "$status" != 200 ] || [ "$body" != "$theirs" ]; then
      fail "$app: nano answers $status '$body', workerd '$theirs'"
    fi
  done
}

install_workerd
start_nanod
for app in "${APPS[@]}"; do deploy "$app" "$BENCH/http/$app"; done
start_workerd "${APPS[@]}"
check_answers
say "warm-up, then $rounds rounds of $((${#APPS[@]} * 4)) runs of $seconds s; load $(load_average)"
measured_seconds=$seconds seconds=2
round
rm "$WORK/figures"
seconds=$measured_seconds
for ((i = 0; i < rounds; i++)); do round; done

echo "nano beside workerd; medians of $rounds rounds of $seconds s; load $(load_average)"
awk -f "$BENCH/median.awk" -f "$BENCH/http/table.awk" "$WORK/figures"
if [ -n "$cold_start" ]; then "$BENCH/cold_start.sh" "$BUILD"; fi
