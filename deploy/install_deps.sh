#!/usr/bin/env bash
# Installs what building nano needs: the Debian packages of packages.txt, an npm where there is none,
# and the npm packages of the lock file. Quick and silent when nothing is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'nano: %s\n' "$*"; }
fail() { printf 'nano: %s\n' "$*" >&2; exit 1; }

case "$(uname -m)" in
  x86_64 | aarch64) ;;
  *) fail "this machine is $(uname -m); nano runs on x86_64 and aarch64" ;;
esac
command -v apt-get >/dev/null || fail "nano is built with Debian's packages, and there is no apt-get here"
free_kb=$(df -Pk . | awk 'NR==2 {print $4}')
[ "$free_kb" -gt 3000000 ] || fail "the build needs 3 GB of disk here; $((free_kb / 1024)) MB are free"

wanted=$(sed -e 's/#.*//' -e 's/[[:space:]]*$//' -e '/^$/d' deploy/packages.txt)
command -v npm >/dev/null || wanted="$wanted npm"
missing=()
for package in $wanted; do
  status=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
  [ "$status" = "install ok installed" ] || missing+=("$package")
done
# What was put in place by hand (a newer cmake, another compiler) is as good as the package.
have() { command -v "$1" >/dev/null && missing=("${missing[@]/#$2/}"); return 0; }
for pair in cmake:cmake curl:curl git:git clang-format:clang-format clang-tidy:clang-tidy; do
  have "${pair%%:*}" "${pair##*:}"
done
missing=(${missing[@]+"${missing[@]}"})

if [ -n "${missing[*]// /}" ]; then
  as_root=()
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "these packages are missing and installing them needs root: ${missing[*]}"
    as_root=(sudo)
    say "installing packages needs root: sudo may ask for your password"
  fi
  say "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  "${as_root[@]}" apt-get update -qq
  # shellcheck disable=SC2068  # an emptied element is to vanish
  "${as_root[@]}" apt-get install -y -qq --no-install-recommends ${missing[@]} >/dev/null
fi

# npm ci costs seconds; the stamp makes the second run free.
npm_ci() {
  local folder=$1 stamp="$1/node_modules/.nano-lock"
  cmp -s "$folder/package-lock.json" "$stamp" && return 0
  say "npm ci in $folder"
  (cd "$folder" && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error)
  cp "$folder/package-lock.json" "$stamp"
}
npm_ci .
npm_ci examples/hono
