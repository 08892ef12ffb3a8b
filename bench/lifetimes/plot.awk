# lifetimes.sh's TSV as SVG: a column a phase, memory above, descriptors below.
# In: phase, count, supervisor KB, supervisor descriptors, worker KB; the first line is a heading.

BEGIN {
  FS = "\t"
  width = 380; height = 180; left = 70; top = 60; gap = 90
  title["isolates"] = "isolate lifetimes"
  title["deaths"] = "worker deaths (kill -9)"
}

NR > 1 {
  if (!($1 in points)) phases[++columns] = $1
  n = ++points[$1]
  x[$1, n] = $2
  y[$1, "supervisor", n] = $3 / 1024
  y[$1, "fds", n] = $4
  y[$1, "worker", n] = $5 / 1024
}

# A round number not below `value`: 1, 2 or 5 and zeros.
function roundUp(value,  unit) {
  unit = 1
  while (unit * 10 < value) unit *= 10
  if (value <= unit) return unit
  if (value <= 2 * unit) return 2 * unit
  return value <= 5 * unit ? 5 * unit : 10 * unit
}

function largest(phase, series,  i, most) {
  most = 1
  for (i = 1; i <= points[phase]; i++) if (y[phase, series, i] > most) most = y[phase, series, i]
  return most
}

function text(px, py, anchor, words) {
  printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", px, py, anchor, words
}

function frame(px, py, xmax, ymax, unit,  i, at) {
  printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" class=\"frame\"/>\n", px, py, width, height
  for (i = 0; i <= 4; i++) {
    at = py + height - i * height / 4
    printf "<path d=\"M%d %.1f h%d\" class=\"grid\"/>\n", px, at, width
    text(px - 6, at + 4, "end", sprintf("%g%s", ymax * i / 4, i == 4 ? " " unit : ""))
    text(px + i * width / 4, py + height + 16, "middle", sprintf("%g", xmax * i / 4))
  }
}

function line(px, py, phase, series, xmax, ymax, colour,  i) {
  printf "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"1.5\" points=\"", colour
  for (i = 1; i <= points[phase]; i++)
    printf "%.1f,%.1f ", px + x[phase, i] / xmax * width, \
           py + height - y[phase, series, i] / ymax * height
  print "\"/>"
}

END {
  total = left + columns * (width + gap)
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\">\n", total, \
         top + 2 * height + 110
  print "<style>text{font:12px sans-serif;fill:#222}.frame{fill:none;stroke:#888}" \
        ".grid{stroke:#ddd;fill:none}</style><rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
  for (c = 1; c <= columns; c++) {
    phase = phases[c]
    px = left + (c - 1) * (width + gap)
    low = top + height + 50
    xmax = x[phase, points[phase]]
    memory = largest(phase, "supervisor")
    if (largest(phase, "worker") > memory) memory = largest(phase, "worker")
    memory = roundUp(memory)
    fds = roundUp(largest(phase, "fds"))
    text(px, top - 30, "start", title[phase])
    text(px, top - 10, "start", "memory (RSS): <tspan fill=\"#06c\">supervisor</tspan>, " \
         "<tspan fill=\"#c40\">worker</tspan>")
    frame(px, top, xmax, memory, "MB")
    line(px, top, phase, "supervisor", xmax, memory, "#06c")
    line(px, top, phase, "worker", xmax, memory, "#c40")
    text(px, low - 10, "start", "<tspan fill=\"#06c\">supervisor's descriptors</tspan>")
    frame(px, low, xmax, fds, "")
    line(px, low, phase, "fds", xmax, fds, "#06c")
  }
  print "</svg>"
}
