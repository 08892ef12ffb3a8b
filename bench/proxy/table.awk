# The table of proxy.sh. In, a line a run:
# "proxy" connections server requests/s p50 p99 cpu_us requests failed rss_kb

{
  key = $2 " " $3
  if (!(key in runs)) order[++rows] = key
  n = ++runs[key]
  value[key, "rate", n] = $4
  value[key, "p50", n] = $5
  value[key, "p99", n] = $6
  value[key, "cpu", n] = $8 > 0 ? $7 / $8 : 0
  failed[key] += $9
  rss[key] = $10
}

END {
  printf "%3s  %-8s %9s %9s %9s %12s %9s %8s  %s\n", \
         "c", "server", "req/s", "p50 us", "p99 us", "CPU us/req", "MB", "failed", "CPU, peer/nano"
  for (r = 1; r <= rows; r++) {
    key = order[r]
    split(key, part, " ")
    cpu = median(key, "cpu")
    if (part[2] == "nano") ours[part[1]] = cpu
    printf "%3d  %-8s %9.0f %9.0f %9.0f %12.1f %9.0f %8d", part[1], part[2], median(key, "rate"), \
           median(key, "p50"), median(key, "p99"), cpu, rss[key] / 1024, failed[key]
    if (part[2] != "nano" && ours[part[1]] > 0) printf "  %.1f", cpu / ours[part[1]]
    print ""
  }
}
