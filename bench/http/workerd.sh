# The peer: workerd from npm with the same scripts. Sourced by run.sh.

# Installs it on first use; the stamp makes every later run free.
install_workerd() {
  local stamp=$BENCH/node_modules/.nano-lock
  if ! cmp -s "$BENCH/package-lock.json" "$stamp"; then
    say "npm ci in bench (workerd, 160 MB, once)"
    (cd "$BENCH" && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error) ||
      fail "npm could not install workerd; what it said is above"
    cp "$BENCH/package-lock.json" "$stamp"
  fi
  WORKERD=$(echo "$BENCH"/node_modules/@cloudflare/workerd-linux-*/bin/workerd)
  [ -x "$WORKERD" ] || fail "npm installed no workerd for this machine"
}

# start_workerd APP...: each on a free port of its own, which workerd_port then tells.
start_workerd() {
  local app
  {
    echo 'using Workerd = import "/workerd/workerd.capnp";'
    echo 'const config :Workerd.Config = ('
    echo '  services = ['
    # By default workerd's apps reach public addresses only.
    [ -z "${WORKERD_NETWORK:-}" ] ||
      echo "    (name = \"internet\", network = (allow = [\"$WORKERD_NETWORK\"])),"
    for app in "$@"; do
      cp "${WORKERD_APPS:-$BENCH/http}/$app/index.js" "$WORK/$app.js"
      echo "    (name = \"$app\", worker = (compatibilityDate = \"2026-11-01\"," \
        "modules = [(name = \"index.js\", esModule = embed \"$app.js\")])),"
    done
    echo '  ],'
    echo '  sockets = ['
    for app in "$@"; do
      echo "    (name = \"$app\", address = \"127.0.0.1:0\", http = (), service = \"$app\"),"
    done
    echo '  ]'
    echo ');'
  } >"$WORK/workerd.capnp"
  : >"$WORK/workerd.ports"
  "$WORKERD" serve "$WORK/workerd.capnp" --control-fd=3 \
    3>"$WORK/workerd.ports" >"${WORKERD_LOG:-$WORK/workerd.log}" 2>&1 &
  WORKERD_PID=$!
  STARTED+=("$WORKERD_PID")
  local tries
  for ((tries = 0; tries < 1000; tries++)); do
    [ "$(grep -c '"listen"' "$WORK/workerd.ports")" != $# ] || return 0
    kill -0 "$WORKERD_PID" 2>/dev/null || break
    sleep 0.01
  done
  fail "workerd does not serve: $(cat "${WORKERD_LOG:-$WORK/workerd.log}")"
}

workerd_port() { sed -n "s/.*\"socket\":\"$1\".*\"port\":\([0-9]*\).*/\1/p" "$WORK/workerd.ports"; }
