# A worker that is alive and does nothing: SIGSTOP. Sourced by faults.sh.

measure_stop() {
  local i worker began first=''
  echo "stop: SIGSTOP of a worker, 5 times"
  deploy app "$(says app fine)"
  for ((i = 0; i < 5; i++)); do
    http_get app.localhost
    [ "$status" = 200 ] || fail "no answer before the stop: $status"
    worker=$(worker_of default)
    kill -STOP "$worker"
    began=$(now_us)
    http_get app.localhost
    first+=" $status"
    while [ "$status" != 200 ] && [ $(($(now_us) - began)) -lt 20000000 ]; do
      sleep 0.002
      http_get app.localhost
    done
    echo $(($(now_us) - began)) >>"$WORK/replaced_us"
    [ "$(worker_of default)" != "$worker" ] || first+=" (same worker)"
  done
  percentiles "  from SIGSTOP to the next answer" <"$WORK/replaced_us"
  echo "  the request that was caught:$first"
  verdict "replaced within 5 s each time" "$(sort -n "$WORK/replaced_us" | tail -1)" -lt 5000000
}
