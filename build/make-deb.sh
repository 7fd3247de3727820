#!/bin/sh
# Makes a Debian package of a built program: every file of PROGRAM_DIR goes to /usr/lib/postseal. The same input gives the same bytes.
# usage: make-deb.sh PROGRAM_DIR OUTPUT_DIR
# DEBFULLNAME and DEBEMAIL name the maintainer; VERSION and COMPRESSION (xz, none) are for tests and snapshots.
set -eu
umask 022
program=$(realpath "$1") output=$(realpath "$2")
cd "$(dirname "$0")/.."

command -v dpkg-deb >/dev/null || {
    echo 'make-deb needs dpkg-deb' >&2
    exit 1
}
[ -x "$program/postseal" ] || {
    echo "make-deb: there is no program $program/postseal: run make dist" >&2
    exit 1
}

version=${VERSION:-$(sed -n 's:.*<VersionPrefix>\(.*\)</VersionPrefix>.*:\1:p' Directory.Build.props)}
arch=$(dpkg --print-architecture)
maintainer="${DEBFULLNAME:-Postseal maintainers} <${DEBEMAIL:-postseal@packages.invalid}>"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || stat -c %Y CHANGELOG.md)}
export SOURCE_DATE_EPOCH
day=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%d)

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
doc=$root/usr/share/doc/postseal

put() { install -D -m "$1" "$2" "$root$3"; } # MODE FILE PLACE

for file in "$program"/*; do
    [ -f "$file" ] || continue
    case "$file" in
    *.deb | *.dbg | *.pdb | *.xml) continue ;;
    */postseal) put 755 "$file" /usr/lib/postseal/postseal ;;
    *) put 644 "$file" "/usr/lib/postseal/$(basename "$file")" ;;
    esac
done
# The SQLite that comes with its package has symbols that nothing needs.
if [ -f "$root/usr/lib/postseal/libe_sqlite3.so" ] && command -v strip >/dev/null; then
    strip --strip-unneeded "$root/usr/lib/postseal/libe_sqlite3.so"
fi
# Native libraries of a build that was not published for one machine.
if [ -d "$program/runtimes" ]; then
    cp -R "$program/runtimes" "$root/usr/lib/postseal/"
fi
mkdir -p "$root/usr/bin"
ln -s ../lib/postseal/postseal "$root/usr/bin/postseal"

# The server's side is no part of this package.
for unit in packaging/systemd/postseal-policyd.*; do
    put 644 "$unit" "/usr/lib/systemd/system/$(basename "$unit")"
done
put 644 packaging/policyd.toml /etc/postseal/policyd.toml
put 644 packaging/debian/copyright /usr/share/doc/postseal/copyright
put 644 packaging/debian/lintian-overrides /usr/share/lintian/overrides/postseal
put 644 docs/policyd-metrics.md /usr/share/doc/postseal/policyd-metrics.md
for guide in docs/guide/*.md; do
    [ "$guide" = docs/guide/server.md ] && continue
    put 644 "$guide" "/usr/share/doc/postseal/$(basename "$guide")"
done

for page in packaging/man/*; do
    section=${page##*.}
    place=$root/usr/share/man/man$section
    mkdir -p "$place"
    sed "s/@VERSION@/$version/; s/@DATE@/$day/" "$page" | gzip -n -9 >"$place/$(basename "$page").gz"
done
{
    printf 'postseal (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md of the source.\n\n' "$version"
    printf ' -- %s  %s\n' "$maintainer" "$(LC_ALL=C date -u -R -d "@$SOURCE_DATE_EPOCH")"
} | gzip -n -9 >"$doc/changelog.gz"

# Only what the program links is computed; what .NET loads by name (OpenSSL) stands in the control file.
libraries() {
    mkdir -p "$work/shlibs/debian"
    printf 'Source: postseal\n\nPackage: postseal\nArchitecture: any\n' >"$work/shlibs/debian/control"
    (cd "$work/shlibs" && dpkg-shlibdeps -O --ignore-missing-info "$root/usr/lib/postseal/postseal" 2>/dev/null) | sed 's/^shlibs:Depends=//'
}
libs=$(command -v dpkg-shlibdeps >/dev/null && libraries || true)
[ -n "$libs" ] || {
    echo 'make-deb: no dpkg-shlibdeps (package dpkg-dev): the package demands the libc6 of this machine' >&2
    libs="libc6 (>= $(dpkg-query -W -f '${Version}' libc6 | sed 's/-.*//'))"
}

mkdir "$root/DEBIAN"
# Counted by hand: what du says differs between file systems.
size=$(find "$root" -path "$root/DEBIAN" -prune -o -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
sed "s/@VERSION@/$version/; s/@ARCH@/$arch/; s/@MAINTAINER@/$maintainer/; s/@SIZE@/$size/; s/@LIBS@/$libs/" \
    packaging/debian/control >"$root/DEBIAN/control"
echo /etc/postseal/policyd.toml >"$root/DEBIAN/conffiles"
for script in postinst prerm postrm; do
    install -m 755 "packaging/debian/$script" "$root/DEBIAN/$script"
done
(cd "$root" && find . -path ./DEBIAN -prune -o -path ./etc -prune -o -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' md5sum) >"$root/DEBIAN/md5sums"
# dpkg-deb takes the times of newer files back to SOURCE_DATE_EPOCH; older ones would keep their own.
find "$root" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

dpkg-deb --root-owner-group "-Z${COMPRESSION:-xz}" --build "$root" "$output/postseal_${version}_$arch.deb" >/dev/null
echo "$output/postseal_${version}_$arch.deb"
