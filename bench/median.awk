# The median of value[key, what, 1 .. runs[key]], "-" for no figure; for the tables.
function median(key, what,   n, i, j, held, sorted) {
  n = 0
  for (i = 1; i <= runs[key]; i++) {
    if (value[key, what, i] == "-") continue
    held = value[key, what, i] + 0
    for (j = n; j > 0 && sorted[j] > held; j--) sorted[j + 1] = sorted[j]
    sorted[j + 1] = held
    n++
  }
  if (n == 0) return "-"
  return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}
