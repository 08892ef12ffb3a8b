#!/usr/bin/env bash
# An app that fetches every answer from an upstream, on nano and on its peers, in turns in one run:
# requests/s, latency, CPU per request of the server alone, and memory at the end.
#
#   bench/proxy.sh [BUILD] [--seconds=N] [--rounds=N] [--only=SERVER,SERVER] [--path=/bytes/1048576]
#
# Servers: nano workerd deno bun node. The upstream is nano_bench_upstream, whose CPU is not counted.
set -euo pipefail
BENCH=$(cd "$(dirname "$0")" && pwd)
BUILD=build/release seconds=5 rounds=3 only='nano,workerd,deno,bun,node' path=/
for argument in "$@"; do
  case "$argument" in
    --seconds=*) seconds=${argument#*=} ;;
    --rounds=*) rounds=${argument#*=} ;;
    --only=*) only=${argument#*=} ;;
    --path=*) path=${argument#*=} ;;
    -*) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) BUILD=$argument ;;
  esac
done
. "$BENCH/harness.sh"
. "$BENCH/http/workerd.sh"
. "$BENCH/proxy/servers.sh"

# measure SERVER CONNECTIONS: one wrk run, one line of $WORK/figures.
measure() {
  local before after report="$WORK/wrk.out" pid=${PID[$1]}
  before=$(cpu_us "$pid")
  wrk_run "$2" "$seconds" "http://127.0.0.1:${PORT[$1]}$path" proxy.localhost >"$report" ||
    { cat "$report" >&2; fail "wrk failed"; }
  after=$(cpu_us "$pid")
  echo "proxy $2 $1 $(wrk_field rate <"$report") $(wrk_field p50 <"$report")" \
    "$(wrk_field p99 <"$report") $((after - before)) $(wrk_field requests <"$report")" \
    "$(wrk_field failed <"$report") $(rss_kb "$pid")" >>"$WORK/figures"
}

start_upstream 0
for server in ${only//,/ }; do "start_${server}_proxy"; done
for server in ${only//,/ }; do
  answer=$(curl -s -H 'Host: proxy.localhost' "http://127.0.0.1:${PORT[$server]}/")
  [ "$answer" = 'Hello, World!' ] || fail "$server answers '$answer'"
done
say "$rounds rounds of $seconds s, after a warm-up; load $(load_average)"
measured_seconds=$seconds seconds=2
for server in ${only//,/ }; do measure "$server" 64; done
rm "$WORK/figures"
seconds=$measured_seconds
for ((i = 0; i < rounds; i++)); do
  for connections in 64 1; do
    for server in ${only//,/ }; do measure "$server" "$connections"; done
  done
done
echo "a proxy, $path; medians of $rounds rounds of $seconds s; load $(load_average)"
awk -f "$BENCH/median.awk" -f "$BENCH/proxy/table.awk" "$WORK/figures"
