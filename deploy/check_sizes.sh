#!/usr/bin/env bash
# Fails for every file of ours that is longer than 400 lines, a header than 200 (a test's fixture is
# no header in that). Long files are several concepts in one.
set -euo pipefail
cd "$(dirname "$0")/.."

limit_of() {
  case "$1" in
    *_fixture.h) echo 400 ;;
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
done < <(find bench cmake deploy examples library nanoctl protocol sandbox snapshot supervisor tests worker \
  -name node_modules -prune -o -type f \
  \( -name '*.cc' -o -name '*.c' -o -name '*.h' -o -name '*.capnp' -o -name '*.js' -o -name '*.ts' \
  -o -name '*.sh' \) -print | sort)
exit "$bad"
