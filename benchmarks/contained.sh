#!/bin/sh
# Runs a command where it can spoil nothing: every write goes to memory and is thrown away, no
# process outside is seen. The caller gives namespaces, and drops its rights in the command:
#   unshare --pid --fork --kill-child --mount --ipc sh contained.sh SCRATCH KEPT COMMAND...
# SCRATCH is an empty folder; what is written below KEPT stays.
set -e
scratch=$1 kept=$2
shift 2
mount --make-rprivate /
mount -t tmpfs -o size=512m tmpfs "$scratch"
mkdir "$scratch/upper" "$scratch/work" "$scratch/root"
mount -t overlay -o "lowerdir=/,upperdir=$scratch/upper,workdir=$scratch/work" overlay "$scratch/root"
mount -t proc proc "$scratch/root/proc"
mount -t tmpfs -o size=64m tmpfs "$scratch/root/dev"
for device in null:3 zero:5 full:7 random:8 urandom:9; do
    mknod -m 666 "$scratch/root/dev/${device%:*}" c 1 "${device#*:}"
done
mkdir -m 1777 "$scratch/root/dev/shm"
ln -s /proc/self/fd "$scratch/root/dev/fd"
mount --bind "$kept" "$scratch/root$kept"
exec chroot "$scratch/root" "$@"
