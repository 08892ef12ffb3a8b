#!/bin/sh
# Runs every fuzz program of a build for some seconds: run.sh BUILD SECONDS [NAME...]
#
# New inputs go to a copy of the corpus, BUILD/corpus. What crashes is BUILD/NAME-crash-*.
set -eu
build=$1
seconds=$2
shift 2
here=$(dirname "$0")
[ $# -gt 0 ] || set -- rpc_supervisor rpc_worker http manifest deploy route app_config egress
mkdir -p "$build/corpus"
failed=0
for name in "$@"; do
  echo "fuzz $name for $seconds s"
  mkdir -p "$build/corpus/$name"
  # KJ's promise nodes live as long as the loop does, so leaks are for the corpus test's end to say.
  "$build/bin/fuzz_$name" -max_total_time="$seconds" -max_len=65536 -timeout=20 -detect_leaks=0 \
    -print_final_stats=1 -verbosity=0 -artifact_prefix="$build/$name-" \
    "$build/corpus/$name" "$here/corpus/$name" || failed=1
done
exit $failed
