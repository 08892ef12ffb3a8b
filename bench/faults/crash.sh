# kill -9 of a worker under load. Sourced by faults.sh.

# Kills the worker of the default cordon; sets `again_us`: how long until an answer is 200 again.
kill_worker() {
  local began worker
  worker=$(worker_of default)
  [ -n "$worker" ] || fail "no worker to kill: $(nanoctl status)"
  began=$(now_us)
  kill -KILL "$worker"
  http_get app.localhost
  while [ "$status" != 200 ] && [ $(($(now_us) - began)) -lt 60000000 ]; do
    sleep 0.002
    http_get app.localhost
  done
  again_us=$(($(now_us) - began))
}

measure_crash() {
  local i series='' most=0
  echo "crash: kill -9 of a worker under wrk -c64"
  deploy app "$(says app fine)"
  for ((i = 1; i <= 5; i++)); do
    # A nanod that has seen no crash: later ones within a minute are delayed more and more.
    stop_nanod KILL
    start_nanod
    http_get app.localhost
    start_load app.localhost 64
    sleep 1
    kill_worker
    sleep 1
    end_load
    echo "$again_us" >>"$WORK/again_us"
    series+=" $(load_field failed)/$(load_field requests)"
    [ "$(load_field failed)" -le "$most" ] || most=$(load_field failed)
  done
  percentiles "  from the kill to the next answer" <"$WORK/again_us"
  echo "  failed/all requests of wrk, a run each:$series"
  verdict "at most the 64 in flight fail ($most)" "$most" -le 64
  verdict "served again within 200 ms each time" "$(sort -n "$WORK/again_us" | tail -1)" -lt 200000

  series=''
  start_load app.localhost 64
  for ((i = 1; i <= 6; i++)); do
    sleep 2
    kill_worker
    series+=" $((again_us / 1000))"
  done
  end_load
  echo "  six more kills of one nanod, 2 s apart: served again after$series ms;" \
    "$(load_field failed) of $(load_field requests) requests failed"
}
