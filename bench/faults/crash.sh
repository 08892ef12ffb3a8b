# kill -9 of a worker under load. Sourced by faults.sh.

measure_crash() {
  local i worker began failed_polls total=0
  echo "crash: kill -9 of a worker under wrk -c64, 10 times"
  deploy app "$(says app fine)"
  http_get app.localhost
  start_load app.localhost 64
  for ((i = 0; i < 10; i++)); do
    sleep 1
    worker=$(worker_of default)
    began=$(now_us) failed_polls=0
    kill -KILL "$worker"
    while http_get app.localhost && [ "$status" != 200 ]; do
      failed_polls=$((failed_polls + 1))
      sleep 0.002
    done
    echo $(($(now_us) - began)) >>"$WORK/again_us"
    total=$((total + failed_polls))
  done
  end_load
  percentiles "  from kill to the next answer" <"$WORK/again_us"
  verdict "$(load_field requests) requests of wrk, $(load_field failed) failed: at most 64 a kill" \
    "$(load_field failed)" -le 640
  verdict "served again within 200 ms each time ($total polls failed)" \
    "$(sort -n "$WORK/again_us" | tail -1)" -lt 200000
}
