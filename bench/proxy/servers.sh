# The upstream and the servers of the proxy benches. Sourced after harness.sh and http/workerd.sh.
# start_SERVER_proxy sets PID[SERVER] and PORT[SERVER]; the app fetches from the upstream.

declare -A PID PORT

# Resident memory of a process and its children.
rss_kb() {
  local pid total=0
  for pid in "$1" $(children_of "$1"); do
    total=$((total + $(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status" 2>/dev/null || echo 0)))
  done
  echo "$total"
}

# serving NAME COMMAND...: starts it and waits for its line "serving PORT".
serving() {
  local name=$1 tries
  shift
  : >"$WORK/$name.log"
  "$@" >"$WORK/$name.log" 2>&1 &
  PID[$name]=$!
  STARTED+=("${PID[$name]}")
  for ((tries = 0; tries < 2000; tries++)); do
    PORT[$name]=$(sed -n 's/^serving \([0-9]*\)$/\1/p' "$WORK/$name.log")
    [ -z "${PORT[$name]}" ] || return 0
    kill -0 "${PID[$name]}" 2>/dev/null || break
    sleep 0.01
  done
  fail "$name does not serve: $(cat "$WORK/$name.log")"
}

# start_upstream PORT: 0 for a free one. Makes the app that fetches from it.
start_upstream() {
  serving upstream "$BUILD/bin/nano_bench_upstream" "$1"
  mkdir -p "$WORK/apps/proxy"
  sed "s|UPSTREAM|http://127.0.0.1:${PORT[upstream]}|" "$BENCH/proxy/app/index.js" \
    >"$WORK/apps/proxy/index.js"
  cp "$WORK/apps/proxy/index.js" "$WORK/proxy.mjs"
}

# The upstream is on loopback, which no app may reach unless the operator says so.
start_nano_proxy() {
  cat >"$WORK/policy.json" <<POLICY
{"tenant_defaults": {"egress": {"rules": [
  {"allow": {"cidr": "127.0.0.1/32", "ports": [${PORT[upstream]}]}}]}}}
POLICY
  chmod 644 "$WORK/policy.json"
  start_nanod --policy="$WORK/policy.json"
  deploy proxy "$WORK/apps/proxy"
  PID[nano]=$NANOD_PID PORT[nano]=$NANOD_PORT
}

start_workerd_proxy() {
  install_workerd
  WORKERD_APPS=$WORK/apps WORKERD_NETWORK=private start_workerd proxy
  PID[workerd]=$WORKERD_PID PORT[workerd]=$(workerd_port proxy)
}
start_bun_proxy() {
  serving bun "$(peer_binary @oven/bun-linux bin/bun)" "$BENCH/proxy/bun.js" "$WORK/proxy.mjs"
}
start_deno_proxy() {
  serving deno "$(peer_binary @deno/linux deno)" run -A "$BENCH/proxy/deno.js" "$WORK/proxy.mjs"
}
start_node_proxy() {
  serving node "$(echo "$BENCH"/../node_modules/node-linux-*/bin/node)" \
    "$BENCH/proxy/node.mjs" "$WORK/proxy.mjs"
}

# peer_binary PACKAGE-PREFIX PATH
peer_binary() {
  install_workerd
  echo "$BENCH"/node_modules/"$1"-*/"$2"
}
