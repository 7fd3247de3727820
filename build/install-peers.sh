#!/bin/sh
# Installs from Debian's packages the real servers that tests/Postseal.SystemTests talks to. Needs root on Debian; elsewhere it says what is
# missing and ends well, as it does when apt-get fails: the system tests then skip with a reason, and fail where CI=true. Starts and enables no service.
# Other servers can be named as arguments instead, each command:package[,package...].
set -eu

# command:package
peers='named:bind9 dnssec-signzone:bind9-utils dig:bind9-dnsutils unbound:unbound nginx:nginx postfix:postfix openssl:openssl chromium:chromium mta-sts-daemon:postfix-mta-sts-resolver
unshare:util-linux nsenter:util-linux ip:iproute2 debootstrap:debootstrap
postgres:postgresql pebble:pebble certbot:certbot'
[ $# -eq 0 ] || peers="$*"

PATH="$PATH:/usr/sbin:/sbin"
# Debian keeps PostgreSQL's programs out of the way, each version in a folder of its own.
for bin in /usr/lib/postgresql/*/bin; do PATH="$PATH:$bin"; done
commands='' packages=''
for peer in $peers; do
    command -v "${peer%%:*}" >/dev/null || {
        commands="$commands ${peer%%:*}"
        packages="$packages $(echo "${peer##*:}" | tr , ' ')"
    }
done

[ -n "$packages" ] || exit 0

skip() {
    echo "install-peers: not installing$packages ($1); needed:$commands" >&2
    exit 0
}
[ "$(id -u)" = 0 ] || skip 'not root'
command -v apt-get >/dev/null || skip 'no apt-get here'

# A package's script starts its service unless policy-rc.d forbids it; one that is already there is left alone.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi

echo "install-peers: installing$packages"
# shellcheck disable=SC2086 # one word per package
"$(dirname "$0")/apt-install.sh" $packages || echo "install-peers: apt-get failed; needed:$commands" >&2

# Nor shall they start at the next boot.
if [ -d /run/systemd/system ]; then
    for service in $packages; do
        case $service in bind9) service=named ;; certbot) service=certbot.timer ;; esac
        systemctl disable --quiet "$service" 2>/dev/null || true
    done
fi
