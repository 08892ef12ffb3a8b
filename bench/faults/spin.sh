# An endless loop in one tenant's handler, beside another tenant's requests. Sourced by faults.sh.

# One loop after the other for so many seconds, each when the tenant is served again.
spin_for() {
  local until=$(($(now_us) + $1 * 1000000))
  while [ "$(now_us)" -lt "$until" ]; do
    http_get spinner.example.test /spin
    echo "$status $took_us" >>"$WORK/spins"
    await_spinner
  done
}

# Sets `again_us`: how long until the looping tenant's harmless requests are answered well.
await_spinner() {
  local began
  began=$(now_us)
  http_get spinner.example.test
  while [ "$status" != 200 ] && [ $(($(now_us) - began)) -lt 20000000 ]; do
    sleep 0.005
    http_get spinner.example.test
  done
  again_us=$(($(now_us) - began))
}

measure_spin() {
  local quiet_p99 quiet_rate spinner
  echo "spin: for(;;) in one tenant, wrk -c16 on another"
  mkdir -p "$WORK/apps/spinner"
  cat >"$WORK/apps/spinner/index.js" <<'END'
export default {
  fetch(request) {
    if (new URL(request.url).pathname === '/spin') for (;;);
    return new Response('fine');
  },
};
END
  deploy spinner "$WORK/apps/spinner" --tenant=bad --host=spinner.example.test
  deploy calm "$(says calm calm)" --tenant=good --host=calm.example.test
  http_get calm.example.test
  http_get spinner.example.test
  start_load calm.example.test 16
  sleep 5
  end_load
  quiet_p99=$(load_field p99) quiet_rate=$(load_field rate)
  start_load calm.example.test 16
  (trap : PIPE; spin_for 8) &
  spinner=$!
  wait "$spinner"
  end_load
  echo "  neighbour quiet: $quiet_rate requests/s, p99 $quiet_p99 us;" \
    "beside the loop: $(load_field rate), p99 $(load_field p99) us"
  echo "  the loops' answers:$(awk '{ printf " %s after %.2f s", $1, $2 / 1e6 }' "$WORK/spins")"
  verdict "$(load_field requests) requests of the neighbour, $(load_field failed) failed" \
    "$(load_field failed)" = 0
  verdict "every loop ends in a 503" "$(grep -vc '^503 ' "$WORK/spins")" = 0
  await_spinner
  verdict "the looping tenant is served again ($status, $((again_us / 1000)) ms later)" \
    "$status" = 200
}
