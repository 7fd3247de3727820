#!/bin/bash
# Runs the test programs one after the other and ends with one plain line: N passed, N failed[, N skipped].
# usage: run-tests.sh ARTIFACTS_BIN CONFIG [PROJECT...]
# Postseal.Fuzz, of all fuzz targets a few seconds each, is counted too, one for each target; it runs from where build/instrument.sh puts it.
set -u
bin=$1 config=$2
shift 2
[ $# -gt 0 ] || set -- Postseal.Tests Postseal.SystemTests Postseal.Fuzz
fuzz_seconds=10 # for each target; two at a time they take three and a half minutes
passed=0 failed=0 skipped=0 broken=0
for project in "$@"; do
    echo "== $project"
    log=$(mktemp)
    if [ "$project" = Postseal.Fuzz ]; then
        dotnet "$bin/../fuzz/$project.dll" run "$fuzz_seconds" 2>&1 | tee "$log"
    else
        dotnet "$bin/$project/$config/$project.dll" -noLogo -noColor 2>&1 | tee "$log"
    fi
    status=${PIPESTATUS[0]}
    summary=$(grep -E 'Total: [0-9]+, Errors: [0-9]+, Failed: [0-9]+, Skipped: [0-9]+' "$log" | tail -1)
    rm -f "$log"
    field() { sed -nE "s/.*$1: ([0-9]+).*/\1/p" <<<"$summary"; }
    if [ -z "$summary" ]; then
        broken=1
        continue
    fi
    bad=$(($(field Failed) + $(field Errors)))
    passed=$((passed + $(field Total) - $(field Failed) - $(field Skipped) - $(field 'Not Run')))
    failed=$((failed + bad))
    skipped=$((skipped + $(field Skipped)))
    [ "$status" -eq 0 ] || [ "$bad" -gt 0 ] || broken=1
done
if [ "$broken" -ne 0 ]; then
    echo "a test program did not run to its end"
    failed=$((failed + 1))
fi
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
