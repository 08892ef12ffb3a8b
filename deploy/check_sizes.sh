#!/usr/bin/env bash
# Fails for every file of ours that is longer than style.md allows: header 200 lines, source 400,
# test 500 (its fixtures too), JavaScript 400. Long files are several concepts in one.
set -euo pipefail
cd "$(dirname "$0")/.."

limit_of() {
  case "$1" in
    *_test.cc | *_test.js | *_fixture.h) echo 500 ;;
    *.h | *.capnp) echo 200 ;;
    *) echo 400 ;;
  esac
}

bad=0
while read -r file; do
  lines=$(wc -l <"$file")
  limit=$(limit_of "$file")
  if [ "$lines" -gt "$limit" ]; then
    echo "$file: $lines lines, and the limit is $limit"
    bad=1
  fi
done < <(find bench cmake deploy examples nanoctl protocol sandbox snapshot supervisor tests worker \
  -name node_modules -prune -o -type f \
  \( -name '*.cc' -o -name '*.c' -o -name '*.h' -o -name '*.capnp' -o -name '*.js' -o -name '*.ts' \
  -o -name '*.sh' \) -print | sort)
exit "$bad"
