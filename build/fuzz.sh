#!/bin/sh
# What make fuzz does, once the fuzz project is instrumented.
# usage: fuzz.sh PROGRAM_DIR MINUTES TARGET INPUT ENGINE        each may be empty
set -eu
program=$1/Postseal.Fuzz.dll minutes=${2:-1} target=$3 input=$4 engine=$5
seconds=$(awk -v minutes="$minutes" 'BEGIN { print minutes * 60 }')

if [ -n "$input" ]; then
    exec dotnet "$program" replay "${target:?make fuzz INPUT=file needs TARGET=name}" "$input"
fi

if [ "$engine" = afl ]; then
    : "${target:?make fuzz ENGINE=afl needs TARGET=name}"
    command -v afl-fuzz >/dev/null || {
        echo 'make fuzz ENGINE=afl needs afl-fuzz (on Debian: apt-get install afl++)' >&2
        exit 1
    }
    work=artifacts/fuzz-afl/$target
    dotnet "$program" seeds "$target" "$work/seeds"
    # Managed code is no binary that afl-fuzz could look into, and a runtime needs more memory than it gives by itself.
    exec env AFL_SKIP_BIN_CHECK=1 AFL_SKIP_CPUFREQ=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_NO_UI=1 \
        afl-fuzz -i "$work/seeds" -o "$work/finds" -m none -t 5000 -V "${seconds%.*}" -- dotnet "$program" afl "$target"
fi

# Other inputs each time; a seed that is named gives the same ones again.
export FUZZ_SEED="${FUZZ_SEED:-$(date +%s)}" FUZZ_KEEP=1
# shellcheck disable=SC2086 # no target: no argument
exec dotnet "$program" run "$seconds" $target
