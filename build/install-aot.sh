#!/bin/sh
# Native AOT needs a C linker and zlib. Installs them where it may; says what is missing otherwise.
set -eu
missing=""
command -v clang >/dev/null 2>&1 || command -v gcc >/dev/null 2>&1 || missing="gcc"
[ -e /usr/include/zlib.h ] || missing="$missing zlib1g-dev"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    # shellcheck disable=SC2086 # one word per package
    "$(dirname "$0")/apt-install.sh" $missing
else
    echo "make dist needs:$missing (on Debian: apt-get install$missing)" >&2
    exit 1
fi
