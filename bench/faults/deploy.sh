# Deploys of a changed app under load. Sourced by faults.sh.

measure_deploy() {
  local i said seen
  echo "deploy: 10 deploys of a changed app under wrk -c64"
  deploy app "$(says app version-0)"
  http_get app.localhost
  start_load app.localhost 64
  sleep 1
  for ((i = 1; i <= 10; i++)); do
    seen=$(now_us)
    deploy app "$(says app "version-$i")"
    said=$(now_us)
    echo $((said - seen)) >>"$WORK/deploy_us"
    http_get app.localhost
    while [ "$body" != "version-$i" ] && [ $(($(now_us) - said)) -lt 5000000 ]; do
      http_get app.localhost
    done
    echo $(($(now_us) - said)) >>"$WORK/live_us"
    sleep 0.3
  done
  end_load
  percentiles "  nanoctl deploy" <"$WORK/deploy_us"
  percentiles '  from "ok" to the new version' <"$WORK/live_us"
  verdict "$(load_field requests) requests, $(load_field failed) failed" "$(load_field failed)" = 0
  verdict "the new version within a second of ok" "$(sort -n "$WORK/live_us" | tail -1)" -lt 1000000
}
