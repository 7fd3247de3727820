#!/bin/sh
# usage: apt-install.sh PACKAGE...   As root. A mirror that is just being renewed, or a lock that somebody holds, is waited for.
set -eu
pauses='5 20 40' # seconds
for pause in $pauses ''; do
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends \
        -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 "$@" && exit 0
    [ -n "$pause" ] || exit 1
    sleep "$pause"
    apt-get update -q || true
done
