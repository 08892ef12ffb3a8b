#!/usr/bin/env bash
# check.sh BUILD: format, layers, sizes, words, the systemd unit, and clang-tidy on what changed against origin's main.
# ALL=1 runs clang-tidy on every file, which takes long. BASE= compares with another commit.
set -euo pipefail
cd "$(dirname "$0")/.."

build="${1:?usage: deploy/check.sh BUILD}"
bad=0
say() { printf 'nano: %s\n' "$*"; }
fail() { printf 'nano: %s\n' "$*" >&2; exit 1; }

ours() {
  git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do
    [ ! -e "$file" ] || echo "$file"
  done
}
# Runs one check, says its name, goes on after a failure so that one run shows them all.
check() {
  local name=$1
  shift
  if "$@"; then say "$name: ok"; else say "$name: FAILED"; bad=1; fi
}

format() { ours '*.cc' '*.c' '*.h' | xargs clang-format --dry-run -Werror; }

scripts() {
  local file
  while read -r file; do bash -n "$file" || return 1; done < <(ours '*.sh' .ci/run)
}

words() {
  # The pattern is put together so that this file does not match it.
  ! ours '*.cc' '*.h' '*.c' '*.capnp' '*.js' '*.ts' '*.sh' '*.cmake' '*CMakeLists.txt' '*.md' Makefile |
    xargs grep -nE "\b(TO""DO|FIX""ME|XX""X)\b"
}

# systemd's own judgement of the unit, 0 (tight) to 10; the threshold is in tenths (security 2.5).
unit() {
  local table
  if ! command -v systemd-analyze >/dev/null; then
    say "unit: SKIPPED, systemd-analyze is not installed (Debian's package systemd)"
    return 0
  fi
  table=$(systemd-analyze security --offline=true --no-pager --threshold=30 deploy/nano.service 2>&1) && return 0
  tail -1 <<<"$table"
  say "deploy/nano.service: more exposed than 3.0; systemd-analyze security --offline=true shows by what"
  return 1
}

# The translation units to tidy: with a changed header, those beside it as well.
to_tidy() {
  if [ "${ALL:-}" = 1 ]; then
    ours '*.cc'
    return
  fi
  local base
  base=${BASE:-$(git merge-base HEAD origin/main 2>/dev/null || git rev-parse HEAD)}
  { git diff --name-only "$base" -- '*.cc' '*.h'; git ls-files --others --exclude-standard -- '*.cc' '*.h'; } |
    sed 's/\.h$/.cc/' | sort -u | while read -r file; do [ ! -e "$file" ] || echo "$file"; done
}

tidy() {
  local files
  # A file that no build compiles (another machine's) is not in the database.
  files=$(to_tidy | while read -r file; do
    ! grep -qF "\"file\": \"$PWD/$file\"" "$build/compile_commands.json" || echo "$file"
  done)
  [ -n "$files" ] || { say "clang-tidy: nothing changed"; return 0; }
  say "clang-tidy on $(wc -w <<<"$files") files, some seconds each"
  # The database has GCC's warning options, some of which clang does not know.
  xargs -n 4 -P "$(nproc)" clang-tidy --quiet --extra-arg=-Wno-unknown-warning-option -p "$build" --warnings-as-errors='*' <<<"$files" 2>/dev/null
}

command -v clang-format >/dev/null || fail "clang-format is missing: make deps"
command -v clang-tidy >/dev/null || fail "clang-tidy is missing: make deps"
[ -f "$build/compile_commands.json" ] || fail "$build is not configured: make configure"

check format format
check layers tests/layers_test.sh
check sizes deploy/check_sizes.sh
check scripts scripts
check words words
check unit unit
check tidy tidy
exit "$bad"
