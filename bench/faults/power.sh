# kill -9 of nanod at any moment of a deploy: afterwards the old version or the new one, whole.
# Sourced by faults.sh.

# An app of 20 modules that each carry the version; the answer lists them all.
write_spread_app() {
  local i dir="$WORK/apps/spread"
  mkdir -p "$dir"
  {
    for ((i = 0; i < 20; i++)); do echo "import v$i from './m$i.js';"; done
    echo 'const all = ['
    for ((i = 0; i < 20; i++)); do echo "v$i,"; done
    echo "]; export default { fetch() { return new Response(all.join(' ')); } };"
  } >"$dir/index.js"
  for ((i = 0; i < 20; i++)); do
    printf 'export default %s;\n// %s\n' "$1" "$FILLER" >"$dir/m$i.js"
  done
}

# Sets `version` to what all modules of the answer agree on; empty when they do not.
spread_version() {
  http_get spread.localhost
  version=''
  [ "$status" = 200 ] || return 0
  local first=${body%% *}
  local expected
  printf -v expected "%s " $(for ((i = 0; i < 20; i++)); do echo "$first"; done)
  [ "$body " != "$expected" ] || version=$first
}

measure_power() {
  local n live=0 old=0 new=0 promised=0 bad=0 window began said restart_began
  FILLER=$(printf 'x%.0s' {1..2000})
  echo "power: kill -9 of nanod at random moments of $deploys deploys, 20 modules each"
  write_spread_app 0
  deploy spread "$WORK/apps/spread"
  # The kill may come until a little after such a deploy would have ended: of another version, to a
  # nanod that has just started.
  stop_nanod KILL
  start_nanod
  spread_version
  write_spread_app 0.5
  began=$(now_us)
  deploy spread "$WORK/apps/spread"
  window=$((($(now_us) - began) * 3 / 2)) live=0.5
  for ((n = 1; n <= deploys; n++)); do
    write_spread_app "$n"
    (nanoctl deploy "$WORK/apps/spread" >"$WORK/deploy.out" 2>&1 && : >"$WORK/said_ok") &
    sleep "$(awk -v most="$window" -v share="$RANDOM" 'BEGIN { print share / 32768 * most / 1e6 }')"
    stop_nanod KILL
    wait $! 2>/dev/null || true
    said=''
    [ ! -e "$WORK/said_ok" ] || said=1 promised=$((promised + 1))
    rm -f "$WORK/said_ok"
    restart_began=$(now_us)
    start_nanod
    spread_version
    echo $(($(now_us) - restart_began)) >>"$WORK/restart_us"
    if ! nanoctl list >"$WORK/list.out" 2>&1 || ! grep -q spread "$WORK/list.out"; then
      echo "  deploy $n: list says $(cat "$WORK/list.out")"
      bad=$((bad + 1))
    elif [ "$version" = "$n" ]; then
      new=$((new + 1)) live=$n
    elif [ -n "$version" ] && [ "$version" = "$live" ] && [ -z "$said" ]; then
      old=$((old + 1))
    else
      echo "  deploy $n (live $live, said ok: ${said:-no}): $status '${body:0:80}'"
      bad=$((bad + 1))
      live=${version:-$live}
    fi
  done
  percentiles "  from the restart to the first answer" <"$WORK/restart_us"
  verdict "kills within $((window / 1000)) ms: $old old, $new new ($promised said ok), $bad wrong" \
    "$bad" = 0
  echo "  files in the state directory: $(find "$STATE" -type f | wc -l)"
}
