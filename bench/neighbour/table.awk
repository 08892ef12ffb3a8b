# The table of neighbour.sh. In, a line a round:
# case server quiet_p50 quiet_p99 p50 p99 requests failed state; "-" where there is no figure.

{
  key = $1 " " $2
  if (!(key in runs)) order[++rows] = key
  n = ++runs[key]
  value[key, "q50", n] = $3
  value[key, "q99", n] = $4
  value[key, "p50", n] = $5
  value[key, "p99", n] = $6
  requests[key] += $7
  failed[key] += $8
  if ($9 != "serves") state[key] = $9
}

END {
  printf "%-8s %-8s %10s %10s %10s %10s %7s %15s  %s\n", "case", "server", "quiet p50", \
         "quiet p99", "p50 us", "p99 us", "ratio", "failed/requests", "verdict"
  for (r = 1; r <= rows; r++) {
    key = order[r]
    split(key, part, " ")
    before = median(key, "q99")
    after = median(key, "p99")
    ratio = before == "-" || after == "-" || before == 0 ? "-" : sprintf("%.1f", after / before)
    verdict = state[key]
    if (part[2] == "nano" && part[1] != "control") {
      good = ratio != "-" && after <= 2 * before && failed[key] == 0 && state[key] == ""
      verdict = good ? "ok" : "FAILED " verdict
      bad += !good
    }
    printf "%-8s %-8s %10s %10s %10s %10s %7s %15s  %s\n", part[1], part[2], median(key, "q50"), \
           before, median(key, "p50"), after, ratio, failed[key] "/" requests[key], verdict
  }
  exit bad > 0
}
