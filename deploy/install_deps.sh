#!/usr/bin/env bash
# Installs what building nano needs: the Debian packages of packages.txt, an npm where there is none,
# and the npm packages of the lock files; with --tests what running the tests needs as well, with --frameworks
# the packages of tests/frameworks. Quick and silent when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'nano: %s\n' "$*"; }
fail() { printf 'nano: %s\n' "$*" >&2; exit 1; }

case "$(uname -m)" in
  x86_64 | aarch64) ;;
  *) fail "this machine is $(uname -m); nano runs on x86_64 and aarch64" ;;
esac
command -v apt-get >/dev/null || fail "nano is built with Debian's packages, and there is no apt-get here"

# A build tree and the npm packages; what is there already has its room.
if [ ! -e build ]; then
  free_kb=$(df -Pk . | awk 'NR == 2 {print $4}')
  [ "$free_kb" -gt 3000000 ] || fail "the build needs 3 GB of disk here; $((free_kb / 1024)) MB are free"
fi

# The program a package is wanted for, where one put in place by hand (a newer cmake) is as good.
program_of() {
  case "$1" in
    cmake | curl | git | clang-format | clang-tidy | ccache | wrk | npm) echo "$1" ;;
    ninja-build) echo ninja ;;
  esac
}

is_present() {
  local program
  program=$(program_of "$1")
  if [ -n "$program" ] && command -v "$program" >/dev/null; then return 0; fi
  [ "$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null)" = "install ok installed" ]
}

with_tests=''
with_frameworks=''
case "${1:-}" in
  --tests) with_tests=yes ;;
  --frameworks) with_frameworks=yes ;;
esac

missing=()
while read -r package _; do
  case "$package" in '' | '#'*) continue ;; esac
  is_present "$package" || missing+=("$package")
done < <(cat deploy/packages.txt ${with_tests:+deploy/test_packages.txt})
is_present npm || missing+=(npm)

if [ ${#missing[@]} -gt 0 ]; then
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "installing these packages needs root, and there is no sudo: ${missing[*]}"
    as_root=(sudo)
    say "installing packages needs root: sudo may ask for your password"
  fi
  # Nobody's database is started because the tests need the program.
  if [[ " ${missing[*]} " == *" postgresql-15 "* ]] && [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    "${as_root[@]}" mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' |
      "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  say "installing ${missing[*]}"
  "${as_root[@]}" apt-get update -qq || fail "apt-get update failed; what it said is above"
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
    fail "apt-get could not install the packages; what it said is above"
fi

# npm ci takes seconds; the stamp makes every later run free.
npm_ci() {
  local folder=$1 stamp="$1/node_modules/.nano-lock"
  if cmp -s "$folder/package-lock.json" "$stamp"; then return 0; fi
  say "npm ci in $folder"
  (cd "$folder" && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error) ||
    fail "npm could not install the packages of $folder/package-lock.json; what it said is above"
  cp "$folder/package-lock.json" "$stamp"
}
npm_ci .
npm_ci library
npm_ci examples/hono
npm_ci tests/apps_npm
[ -z "$with_tests" ] || npm_ci tests/libraries
[ -z "$with_frameworks" ] || npm_ci tests/frameworks
