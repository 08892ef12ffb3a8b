# The table of run.sh. In, a line a run:
# app connections server requests/s p50 p99 cpu_us requests failed

{
  row = $1 " " $2
  if (!(row in seen)) { seen[row] = 1; order[++rows] = row }
  key = row " " $3
  n = ++runs[key]
  value[key, "rate", n] = $4
  value[key, "p50", n] = $5
  value[key, "p99", n] = $6
  value[key, "cpu", n] = $8 > 0 ? $7 / $8 : 0
  failed[key] += $9
}

END {
  printf "%-8s %3s  %-8s %9s %9s %9s %12s %8s  %s\n", \
         "handler", "c", "server", "req/s", "p50 us", "p99 us", "CPU us/req", "failed", \
         "workerd/nano CPU"
  for (r = 1; r <= rows; r++) {
    split(order[r], part, " ")
    for (s = 1; s <= 2; s++) {
      server = s == 1 ? "nano" : "workerd"
      key = order[r] " " server
      cpu[server] = median(key, "cpu")
      printf "%-8s %3d  %-8s %9.0f %9.0f %9.0f %12.1f %8d", part[1], part[2], server, \
             median(key, "rate"), median(key, "p50"), median(key, "p99"), cpu[server], failed[key]
      if (s == 2 && cpu["nano"] > 0) printf "  %.1f", cpu["workerd"] / cpu["nano"]
      print ""
    }
  }
}
