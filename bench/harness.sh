# What the programs of bench/ share: a nanod of its own, a small HTTP client, clocks and figures.
# Sourced, not run. The caller has set BUILD to the build tree, for example build/release.

export LC_ALL=C

say() { printf 'bench: %s\n' "$*" >&2; }
fail() { printf 'bench: %s\n' "$*" >&2; exit 1; }

[ -x "$BUILD/bin/nanod" ] || fail "no nanod in $BUILD/bin: make build first"
BUILD=$(cd "$BUILD" && pwd)
command -v wrk >/dev/null || fail "no wrk: deploy/install_deps.sh installs it"

# Everything of this run, removed at its end: state, logs, the apps.
WORK=$(mktemp -d "${TMPDIR:-/tmp}/nano-bench.XXXXXX")
STARTED=()

end_all() {
  local pid
  for pid in "${STARTED[@]}"; do kill -KILL "$pid" 2>/dev/null || true; done
  for pid in "${STARTED[@]}"; do wait "$pid" 2>/dev/null || true; done
  [ -n "${BENCH_KEEP:-}" ] || rm -rf "$WORK"
}
trap end_all EXIT
trap 'exit 130' INT TERM
trap : PIPE  # A peer that is gone is an answer (000), not the end of the run.

# --- clocks and figures ---

now_us() { echo "${EPOCHREALTIME/[.,]/}"; }

# Microseconds of CPU that a process has used with its children, those already gone included.
cpu_us() {
  local pid fields ticks=0 kin
  kin=$(children_of "$1")
  for pid in "$1" $kin; do
    read -r fields 2>/dev/null <"/proc/$pid/stat" || continue
    read -ra fields <<<"${fields##*) }"
    ticks=$((ticks + fields[11] + fields[12]))
    [ "$pid" != "$1" ] || ticks=$((ticks + fields[13] + fields[14]))
  done
  echo $((ticks * (1000000 / CLOCK_TICKS)))
}
CLOCK_TICKS=$(getconf CLK_TCK)

children_of() { ps -o pid= --ppid "$1" || true; }

# percentiles LABEL: p50, p99 and maximum of the microseconds on stdin, in milliseconds.
percentiles() {
  sort -n | awk -v label="$1" '
    { value[NR] = $1 / 1000 }
    function at(share,  i) { i = int(share * NR + 0.999999); return value[i < 1 ? 1 : i] }
    END {
      if (NR == 0) { print label ": no figures"; exit }
      printf "%-46s n %4d   p50 %8.2f   p99 %8.2f   max %8.2f ms\n", \
             label, NR, at(0.5), at(0.99), value[NR]
    }'
}

load_average() { cut -d' ' -f1-3 /proc/loadavg; }

# --- nanod ---

NANOD_PID='' NANOD_PORT=0
STATE="$WORK/state" ADMIN="$WORK/run/admin.sock"

# start_nanod [FLAG...]: on the state of this run; on the port it had before, else on a free one.
start_nanod() {
  local account=()
  mkdir -p "$STATE" "$WORK/run"
  if [ "$(id -u)" = 0 ]; then  # nanod refuses to serve as root.
    account=(--user=nobody)
    chmod 755 "$WORK"
    chown nobody "$STATE" "$WORK/run"
  fi
  # A log of each start: nothing of the last one may look like this one's readiness.
  NANOD_LOG=$(mktemp "$WORK/nanod.XXXXXX")
  "$BUILD/bin/nanod" "${account[@]}" --http="127.0.0.1:$NANOD_PORT" --state="$STATE" \
    --admin="$ADMIN" "$@" >"$NANOD_LOG" 2>&1 &
  NANOD_PID=$!
  STARTED+=("$NANOD_PID")
  local tries
  for ((tries = 0; tries < 3000; tries++)); do
    if grep -q 'serving http' "$NANOD_LOG"; then break; fi
    kill -0 "$NANOD_PID" 2>/dev/null || { cat "$NANOD_LOG" >&2; fail "nanod ended at its start"; }
    sleep 0.005
  done
  NANOD_PORT=$(sed -n 's/.*serving http:.*:\([0-9]*\).*/\1/p' "$NANOD_LOG" | head -1)
  [ -n "$NANOD_PORT" ] || fail "nanod does not serve: $(cat "$NANOD_LOG")"
}

# stop_nanod SIGNAL
stop_nanod() {
  local pid kept=()
  kill "-$1" "$NANOD_PID"
  wait "$NANOD_PID" 2>/dev/null || true
  for pid in "${STARTED[@]}"; do [ "$pid" = "$NANOD_PID" ] || kept+=("$pid"); done
  STARTED=("${kept[@]}")
}

nanoctl() { "$BUILD/bin/nanoctl" "$@" --admin="$ADMIN"; }

# deploy NAME DIR [FLAG...]: ends the run when it is refused.
deploy() {
  local name=$1 dir=$2
  shift 2
  nanoctl deploy "$dir" --name="$name" "$@" >"$WORK/deploy.out" 2>&1 ||
    fail "deploy $name: $(cat "$WORK/deploy.out")"
}

# The worker process of a cordon; empty where there is none.
worker_of() {
  nanoctl status | awk -v cordon="$1" '$1 == "worker" && $3 == cordon && !found++ { print $2 }'
}

# --- HTTP ---

# http_get HOST [PATH [SECONDS]]: one GET on a connection of its own, without starting a program.
# Sets `status` (000: no whole answer), `body` and `took_us`.
http_get() {
  local fd line began ended
  status=000 body='' began=${EPOCHREALTIME/[.,]/}
  if { exec {fd}<>"/dev/tcp/127.0.0.1/$NANOD_PORT"; } 2>/dev/null; then
    {
      printf 'GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n' "${2:-/}" "$1" >&"$fd"
    } 2>/dev/null || true
    {
      if read -r -t "${3:-20}" line <&"$fd" && [[ $line == HTTP/1.1\ * ]]; then
        status=${line:9:3}
        while IFS= read -r -t 20 line <&"$fd" && [ "$line" != $'\r' ]; do :; done
        IFS= read -r -d '' -t 20 body <&"$fd" || true
      fi
    } 2>/dev/null
    exec {fd}>&-
  fi
  ended=${EPOCHREALTIME/[.,]/}
  took_us=$((ended - began))
}

# wrk_run CONNECTIONS SECONDS URL HOST
wrk_run() { wrk -t1 "-c$1" "-d${2}s" --timeout 20s --latency -H "Host: $4" "$3"; }

# wrk_field NAME: one figure of wrk's report on stdin; latencies in microseconds.
wrk_field() {
  awk -v name="$1" '
    function us(text) {
      if (text ~ /us$/) return text + 0
      if (text ~ /ms$/) return (text + 0) * 1000
      return (text + 0) * 1000000
    }
    name == "rate" && /Requests\/sec/ { print $2 }
    name == "requests" && /requests in/ { print $1 }
    name == "p50" && $1 == "50%" { print us($2) }
    name == "p99" && $1 == "99%" { print us($2) }
    name == "failed" && /Non-2xx/ { failed += $NF }
    name == "failed" && /Socket errors/ { gsub(",", ""); failed += $4 + $6 + $8 + $10 }
    END { if (name == "failed") print failed + 0 }'
}
