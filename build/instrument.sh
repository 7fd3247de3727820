#!/bin/sh
# Copies the built fuzz project and has SharpFuzz put a counter at every branch of our own assemblies in the copy: what guides fuzzing.
# usage: instrument.sh FROM TO
set -eu
from=$1 to=$2
# As it is where neither has changed since.
[ "$to/.instrumented" -nt "$from/Postseal.Fuzz.dll" ] && [ "$to/.instrumented" -nt "$0" ] && exit 0
rm -rf "$to"
mkdir -p "$(dirname "$to")"
cp -R "$from" "$to"
dotnet tool restore >/dev/null
for assembly in "$to"/Postseal.*.dll "$to/postseal.dll" "$to/postseal-server.dll"; do
    case $assembly in */Postseal.Fuzz.dll) continue ;; esac
    dotnet sharpfuzz "$assembly"
done
touch "$to/.instrumented"
