#!/usr/bin/env bash
# Memory and descriptors over many isolates in one worker and over many deaths of workers: V8
# processes do not give memory back by themselves, and what one life leaves behind shows after
# thousands. Ends with 1 when a line is not flat.
#
#   bench/lifetimes.sh [BUILD] [--isolates=N] [--deaths=N] [--samples=N] [--out=DIR]
#
# 10000 isolates, 1000 deaths, 200 samples each. --out gets memory_over_lifetimes.tsv and .svg.
set -euo pipefail
BENCH=$(cd "$(dirname "$0")" && pwd)
BUILD=build/release isolates=10000 deaths=1000 samples=200 out=''
for argument in "$@"; do
  case "$argument" in
    --isolates=*) isolates=${argument#*=} ;;
    --deaths=*) deaths=${argument#*=} ;;
    --samples=*) samples=${argument#*=} ;;
    --out=*) out=${argument#*=} ;;
    -*) sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
    *) BUILD=$argument ;;
  esac
done
[ -z "$out" ] || { mkdir -p "$out" && out=$(cd "$out" && pwd); }
. "$BENCH/harness.sh"

# Deaths that a cordon may have within a minute before nanod makes it wait (worker_pool.h): past it
# this would measure the waiting.
DEATHS_A_CORDON=5
CPU_MILLIS=5
TSV=$WORK/memory_over_lifetimes.tsv

rss_of() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status" 2>/dev/null || true; }
descriptors_of() { local all=("/proc/$1/fd/"*); echo "${#all[@]}"; }

# sample PHASE COUNT WORKER
sample() {
  local worker_kb
  worker_kb=$(rss_of "$3")
  printf '%s\t%d\t%d\t%d\t%d\n' "$1" "$2" "$(rss_of "$NANOD_PID")" \
    "$(descriptors_of "$NANOD_PID")" "${worker_kb:-0}" >>"$TSV"
}
# A line for the person who waits, eleven a phase.
progress() {
  if [ $(($2 % ($3 / 10 > 0 ? $3 / 10 : 1))) = 0 ]; then
    tail -1 "$TSV" | awk -F'\t' '{ printf "%s %d: supervisor %d KB, %d descriptors; worker %d KB\n",
                                   $1, $2, $3, $4, $5 }'
  fi
}

# An app with a CPU limit, by the control API: the limit is a key of the upload's metadata.
deploy_limited() {
  local said
  said=$(curl -s --unix-socket "$ADMIN" -X PUT \
    -F "metadata={\"main_module\":\"index.js\",\"limits\":{\"cpu_ms\":$CPU_MILLIS}};type=application/json" \
    -F "index.js=@$BENCH/lifetimes/app/index.js;type=application/javascript+module" \
    "http://nanod/client/v4/accounts/default/workers/scripts/$1")
  [[ $said == *'"success":true'* || $said == *'"success": true'* ]] || fail "deploy $1: $said"
}

# Ends isolate after isolate of one app; each must be thrown away, never used again.
measure_isolates() {
  local i every=$((isolates / samples)) worker
  [ "$every" -gt 0 ] || every=1
  deploy_limited app
  for ((i = 0; i <= isolates; i++)); do
    if [ $((i % every)) = 0 ]; then
      http_get app.localhost /age
      [ "$status $body" = "200 0" ] || fail "isolate $i: $status '$body', not a new isolate"
      worker=$(worker_of default)
      [ "$worker" = "${last_worker:-}" ] || worker_processes=$((worker_processes + 1))
      last_worker=$worker
      sample isolates "$i" "$worker"
      progress isolates "$i" "$isolates"
    fi
    http_get app.localhost /end
    [ "$status" = 503 ] || fail "isolate $i: $status '$body' instead of its CPU limit"
  done
}

# Sets `worker` once the app answers, by a worker that is alive.
await_worker() {
  local tries
  for ((tries = 0; tries < 6000; tries++)); do
    http_get "$1.$1.localhost"
    [ "$status" = 200 ] && worker=$(worker_of "$1") && [ -n "$worker" ] && return 0
    sleep 0.01
  done
  fail "$1 is not served: $status '$body'"
}

# kill -9 of worker after worker, of tenant after tenant, each of which comes and goes.
measure_deaths() {
  local i every=$((deaths / samples)) worker tenant=''
  [ "$every" -gt 0 ] || every=1
  for ((i = 0; i <= deaths; i++)); do
    if [ $((i % DEATHS_A_CORDON)) = 0 ]; then
      [ -z "$tenant" ] || nanoctl delete "$tenant" --tenant="$tenant" >/dev/null
      tenant=tenant$i
      deploy "$tenant" "$BENCH/neighbour/calm" --tenant="$tenant"
    fi
    await_worker "$tenant"
    if [ $((i % every)) = 0 ]; then
      sample deaths "$i" "$worker"
      progress deaths "$i" "$deaths"
    fi
    kill -KILL "$worker" 2>/dev/null || true
  done
}

worker_processes=0
printf 'phase\tcount\tsupervisor_kb\tsupervisor_fds\tworker_kb\n' >"$TSV"
# Few cordons at a time: those whose tenant is gone make room.
start_nanod --max-workers=8
began=$SECONDS
measure_isolates
echo "isolates: $isolates lives in $worker_processes worker processes, $((SECONDS - began)) s"
began=$SECONDS
measure_deaths
echo "deaths: $deaths in $((SECONDS - began)) s; zombies of nanod:" \
  "$(ps -o stat= --ppid "$NANOD_PID" | grep -c Z || true); load $(load_average)"
if [ -n "$out" ]; then
  cp "$TSV" "$out/"
  awk -f "$BENCH/lifetimes/plot.awk" "$TSV" >"$out/memory_over_lifetimes.svg"
fi
awk -f "$BENCH/lifetimes/verdict.awk" "$TSV"
