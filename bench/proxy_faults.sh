#!/usr/bin/env bash
# An app that fetches all it answers with from an upstream, under load, while the upstream dies and
# comes back; a body of a gigabyte; a client that leaves. Ends with 1 where nano breaks a promise.
#
#   bench/proxy_faults.sh [BUILD] [--requests=N] [--megabytes=N]
set -euo pipefail
BENCH=$(cd "$(dirname "$0")" && pwd)
BUILD=build/release requests=100000 megabytes=1024
for argument in "$@"; do
  case "$argument" in
    --requests=*) requests=${argument#*=} ;;
    --megabytes=*) megabytes=${argument#*=} ;;
    -*) sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) BUILD=$argument ;;
  esac
done
. "$BENCH/harness.sh"
. "$BENCH/proxy/servers.sh"
command -v ss >/dev/null || fail "no ss: apt-get install iproute2"

failures=0
verdict() {  # WHAT CONDITION FIGURES
  local word=ok
  [ "$2" -eq 1 ] || { word=FAILED; failures=$((failures + 1)); }
  printf '%-62s %-7s %s\n' "$1" "$word" "$3"
}

host=proxy.localhost
load() {  # SECONDS: one run of wrk at 64 connections into $WORK/wrk.out
  wrk_run 64 "$1" "http://127.0.0.1:${PORT[nano]}/" "$host" >"$WORK/wrk.out"
}
failed() { wrk_field failed <"$WORK/wrk.out"; }
done_requests() { wrk_field requests <"$WORK/wrk.out"; }
vm_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
descriptors() { find "/proc/$1/fd" -mindepth 1 2>/dev/null | wc -l; }

start_upstream 0
start_nano_proxy
upstream_port=${PORT[upstream]}
load 3  # What is made once is there.
worker=$(worker_of default)

# --- the upstream dies and comes back ---
load 5
verdict 'the upstream is there: no request fails' "$(($(failed) == 0))" \
  "$(failed) of $(done_requests) failed"
disown "${PID[upstream]}"  # Its end is planned, and bash need not tell of it.
kill -KILL "${PID[upstream]}"
load 3
http_get_status() { curl -s -o /dev/null -m 5 -w '%{http_code}' -H "Host: $host" "http://127.0.0.1:${PORT[nano]}/"; }
verdict 'it is gone: the app gets an error and answers 500' \
  "$([ "$(http_get_status)" = 500 ] && echo 1 || echo 0)" "$(failed) of $(done_requests) failed"
serving upstream "$BUILD/bin/nano_bench_upstream" "$upstream_port"
began=$(now_us)
until [ "$(http_get_status)" = 200 ]; do sleep 0.01; done
took=$((($(now_us) - began) / 1000))
load 5
verdict 'it is back: no request fails' "$(($(failed) == 0))" \
  "first answer after $took ms, $(failed) of $(done_requests) failed"

# --- nothing is kept ---
before_rss=$(vm_kb "$NANOD_PID") before_fds=$(descriptors "$NANOD_PID")
before_worker=$(vm_kb "$worker")
total=0
while [ "$total" -lt "$requests" ]; do
  load 5
  total=$((total + $(done_requests)))
done
after_rss=$(vm_kb "$NANOD_PID") after_fds=$(descriptors "$NANOD_PID") after_worker=$(vm_kb "$worker")
verdict "$total requests: descriptors as before (64 clients may linger)" \
  "$((after_fds <= before_fds + 64))" "$before_fds, then $after_fds"
verdict "$total requests: nanod's memory as before" "$((after_rss <= before_rss + before_rss / 20 + 4096))" \
  "$before_rss KB, then $after_rss KB"
verdict "$total requests: the worker's memory bounded" "$((after_worker <= before_worker + 65536))" \
  "$before_worker KB, then $after_worker KB"

# --- a large body ---
before_rss=$(vm_kb "$NANOD_PID") before_worker=$(vm_kb "$worker")
most_rss=0 most_worker=0
bytes=$((megabytes << 20))
curl -s -H "Host: $host" "http://127.0.0.1:${PORT[nano]}/bytes/$bytes" | wc -c >"$WORK/received" &
reader=$!
while kill -0 "$reader" 2>/dev/null; do
  now=$(vm_kb "$NANOD_PID") && [ "$now" -le "$most_rss" ] || most_rss=$now
  now=$(vm_kb "$worker") && [ "$now" -le "$most_worker" ] || most_worker=$now
  sleep 0.05
done
verdict "$megabytes MB through: every byte" "$(($(cat "$WORK/received") == bytes))" \
  "$(cat "$WORK/received") bytes"
verdict "$megabytes MB through: nanod's memory flat" "$((most_rss <= before_rss + 8192))" \
  "$before_rss KB, at most $most_rss KB"
verdict "$megabytes MB through: the worker's memory flat" "$((most_worker <= before_worker + 16384))" \
  "$before_worker KB, at most $most_worker KB"

# --- a client that leaves ---
# Connections of the upstream that are still sending: bytes wait in their send queue.
sending() { ss -Htn state established "sport = :$upstream_port" | awk '$2 > 0' | wc -l; }
curl -s -o /dev/null --limit-rate 1M -H "Host: $host" \
  "http://127.0.0.1:${PORT[nano]}/bytes/$bytes" &
reader=$!
until [ "$(sending)" -gt 0 ]; do sleep 0.02; done
disown "$reader"
kill -KILL "$reader"
began=$(now_us)
until [ "$(sending)" = 0 ] || [ $(($(now_us) - began)) -gt 5000000 ]; do sleep 0.01; done
took=$((($(now_us) - began) / 1000))
verdict 'the client leaves: the upstream is told within a second' "$((took <= 1000))" "$took ms"
[ "$failures" = 0 ]
