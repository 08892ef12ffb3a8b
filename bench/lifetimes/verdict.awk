# Whether the lines of lifetimes.sh's TSV are flat, a verdict each; ends with 1 when one is not.
# Compared are the medians of the second tenth, when everything has been used, and of the last.

BEGIN { FS = "\t" }
NR > 1 {
  if (!($1 in points)) phases[++count] = $1
  n = ++points[$1]
  value[$1, 3, n] = $3; value[$1, 4, n] = $4; value[$1, 5, n] = $5
}

function median(phase, column, from, to,  i, j, n, held, sorted) {
  n = 0
  for (i = from; i <= to; i++) {
    held = value[phase, column, i] + 0
    for (j = n; j > 0 && sorted[j] > held; j--) sorted[j + 1] = sorted[j]
    sorted[j + 1] = held
    n++
  }
  return sorted[int((n + 1) / 2)]
}
function most(phase, column, from, to,  i, found) {
  for (i = from; i <= to; i++) if (value[phase, column, i] + 0 > found) found = value[phase, column, i] + 0
  return found
}
function verdict(label, before, after, limit,  good) {
  good = after <= limit
  printf "  %-44s %8d, at the end %8d (limit %d) %s\n", label, before, after, limit, \
         good ? "ok" : "FAILED"
  bad += !good
}

END {
  for (c = 1; c <= count; c++) {
    phase = phases[c]; n = points[phase]; tenth = int(n / 10)
    if (tenth < 1) tenth = 1
    print phase
    before = median(phase, 3, tenth + 1, 2 * tenth)
    # 5 % (hostile-cases.md, header) and what malloc and the kernel's counting move by themselves.
    verdict("supervisor RSS KB flat", before, median(phase, 3, n - tenth + 1, n), before * 1.05 + 1024)
    before = median(phase, 4, tenth + 1, 2 * tenth)
    verdict("supervisor descriptors flat", before, median(phase, 4, n - tenth + 1, n), before + 4)
    before = most(phase, 5, 1, int(n / 2))
    verdict("worker RSS KB bounded: most in each half", before, most(phase, 5, int(n / 2) + 1, n), \
            before * 1.1 + 1024)
  }
  exit bad > 0
}
