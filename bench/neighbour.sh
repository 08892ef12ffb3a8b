#!/usr/bin/env bash
# What a tenant's clients notice while another tenant does harm: latency quiet and disturbed, on nano
# and on workerd in the same run. Ends with 1 when nano's p99 more than doubles or a request fails.
#
#   bench/neighbour.sh [BUILD] [--only=CASE,CASE] [--seconds=N] [--rounds=N] [--client=first|equal]
#
# Cases: control spin heap buffers log crash flood. `control` is a loop in a process that is neither
# server's: what the machine itself does to the figures; it has no verdict.
# --client=first (default) runs the neighbour's wrk before everything else on the machine, as a client
# on another machine would; equal lets it compete for the same cores.
set -euo pipefail
BENCH=$(cd "$(dirname "$0")" && pwd)
BUILD=build/release only='control,spin,heap,buffers,log,crash,flood' seconds=5 rounds=3 client=first
for argument in "$@"; do
  case "$argument" in
    --only=*) only=${argument#*=} ;;
    --seconds=*) seconds=${argument#*=} ;;
    --rounds=*) rounds=${argument#*=} ;;
    --client=*) client=${argument#*=} ;;
    -*) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) BUILD=$argument ;;
  esac
done
. "$BENCH/harness.sh"
. "$BENCH/http/workerd.sh"

WORKERD_APPS=$BENCH/neighbour WORKERD_LOG=/dev/null
# workerd bounds no tenant's memory; past this the run ends it before the machine runs out.
WORKERD_MOST_KB=$((2 << 20))
CALM=calm.example.test HOSTILE=hostile.example.test

first=()
if [ "$client" = first ]; then
  if chrt -r 1 true 2>/dev/null; then first=(chrt -r 1)
  elif nice -n -15 true 2>/dev/null; then first=(nice -n -15)
  else say "no right to a priority: wrk competes with the servers"; fi
fi

# --- the servers; each sets `calm_port` and `hostile_port` ---

use_nano() {
  start_nanod
  deploy calm "$BENCH/neighbour/calm" --tenant=good --host="$CALM"
  deploy hostile "$BENCH/neighbour/hostile" --tenant=bad --host="$HOSTILE"
  calm_port=$NANOD_PORT hostile_port=$NANOD_PORT
}
use_workerd() {
  start_workerd calm hostile
  disown "$WORKERD_PID"  # Its death is a figure, and bash need not tell of it.
  calm_port=$(workerd_port calm) hostile_port=$(workerd_port hostile)
  watch_memory &
  WATCH_PID=$!
  STARTED+=("$WATCH_PID")
}
leave_nano() { stop_nanod KILL; rm -rf "$STATE"; }
leave_workerd() {
  stop_quietly "$WORKERD_PID"
  stop_quietly "$WATCH_PID"
}

# Ends workerd when it has grown too large, and leaves a note.
watch_memory() {
  local rss
  rm -f "$WORK/too_large"
  while rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$WORKERD_PID/status" 2>/dev/null); do
    if [ "${rss:-0}" -gt "$WORKERD_MOST_KB" ]; then
      : >"$WORK/too_large"
      kill -KILL "$WORKERD_PID"
    fi
    sleep 0.2
  done
}

stop_quietly() {
  kill -KILL "$1" 2>/dev/null || true
  wait "$1" 2>/dev/null || true
}

# --- the harm ---

# disturb CASE: in the background; `disturber` is its process.
disturb() {
  case "$1" in
    control) bash -c 'while :; do :; done' & ;;
    flood)
      nice -n 19 wrk -t1 -c64 -d600s -H "Host: $HOSTILE" "http://127.0.0.1:$hostile_port/" \
        >/dev/null 2>&1 &
      ;;
    *)
      # One harmful request after the other; a pause where the server refuses at once.
      (
        trap : PIPE
        NANOD_PORT=$hostile_port
        while :; do
          http_get "$HOSTILE" "/$1"
          sleep 0.02
        done
      ) &
      ;;
  esac
  disturber=$!
  STARTED+=("$disturber")
}

# --- measuring ---

load_neighbour() {
  # wrk ends by itself; a server that hangs is not waited for any longer.
  timeout -k 1 $((seconds + 10)) "${first[@]}" wrk -t1 -c8 "-d${seconds}s" --timeout 4s --latency \
    -s "$BENCH/neighbour/paced.lua" -H "Host: $CALM" "http://127.0.0.1:$calm_port/" >"$1" 2>&1 ||
    true
}

# serves, hung, died, or how large it was when it was ended.
state_of() {
  local pid=$NANOD_PID
  [ "$1" = nano ] || pid=$WORKERD_PID
  if [ -e "$WORK/too_large" ]; then
    echo "past_$((WORKERD_MOST_KB >> 20))_GB"
  elif ! kill -0 "$pid" 2>/dev/null; then
    echo died
  else
    NANOD_PORT=$calm_port http_get "$CALM" / 5
    if [ "$status" = 200 ]; then echo serves; else echo hung; fi
  fi
}

# A report's latencies; "-" for one that got no answers.
latencies() {
  if [ "$(wrk_field requests <"$1")" -gt 0 ] 2>/dev/null; then
    echo "$(wrk_field p50 <"$1") $(wrk_field p99 <"$1")"
  else
    echo "- -"
  fi
}

# measure SERVER CASE: one line of $WORK/figures.
measure() {
  local state
  rm -f "$WORK/too_large"
  "use_$1"
  (NANOD_PORT=$calm_port; http_get "$CALM"; [ "$status" = 200 ]) || fail "$1 does not serve"
  seconds=1 load_neighbour "$WORK/warm"
  load_neighbour "$WORK/quiet"
  disturb "$2"
  sleep 0.5
  load_neighbour "$WORK/disturbed"
  state=$(state_of "$1")
  stop_quietly "$disturber"
  echo "$2 $1 $(latencies "$WORK/quiet") $(latencies "$WORK/disturbed")" \
    "$(wrk_field requests <"$WORK/disturbed" | grep . || echo 0)" \
    "$(wrk_field failed <"$WORK/disturbed")" "$state" >>"$WORK/figures"
  "leave_$1"
}

install_workerd
say "$rounds rounds of ${only//,/ }, $seconds s quiet and $seconds s disturbed each; load $(load_average)"
for ((round = 0; round < rounds; round++)); do
  for part in ${only//,/ }; do
    measure nano "$part"
    measure workerd "$part"
  done
done
echo "the neighbour of a tenant that does harm; medians of $rounds rounds of $seconds s;" \
  "wrk ${first[*]:-at the same priority}; load $(load_average)"
awk -f "$BENCH/median.awk" -f "$BENCH/neighbour/table.awk" "$WORK/figures"
