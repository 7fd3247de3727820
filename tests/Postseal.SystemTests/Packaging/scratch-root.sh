#!/bin/sh
# Runs a shell script as root of a throw-away copy of this machine: an overlay over /, in namespaces of its own, with loopback alone. What the script
# writes is gone afterwards. After the script's output comes, one a line and each with "left " before it, every file that it left in the copy.
# usage: scratch-root.sh FOLDER SCRIPT       FOLDER is seen in the copy too, at the same place. Ends with the script's exit code.
set -eu
if [ "${SCRATCH:-}" != inside ]; then
    SCRATCH=inside exec unshare --mount --net --propagation private sh "$0" "$@"
fi
folder=$1 script=$2
# Postfix's tools want a network interface.
! command -v ip >/dev/null || ip link set lo up
scratch=$(mktemp -d)
mount -t tmpfs -o mode=755 scratch "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$scratch/root"
for place in /proc /dev; do mount --rbind "$place" "$scratch/root$place"; done
# No service manager is seen from in there, whatever runs outside.
mount -t tmpfs tmpfs "$scratch/root/run"
mkdir -p "$scratch/root$folder"
mount --bind "$folder" "$scratch/root$folder"
code=0
chroot "$scratch/root" /bin/sh -euc "$script" || code=$?
(cd "$scratch/upper" && find . -type f -printf 'left /%P\n' -o -type l -printf 'left /%P\n')
umount -l "$scratch/root" "$scratch"
rmdir "$scratch"
exit "$code"
