#!/usr/bin/env bash
# Builds and runs an autograder zip as the platform does, in a root of its own:
#   clean_root.sh [--full] [--base TAR] [--memory MB] [--cpus N] [--seconds N] \
#       ZIP OUT NAME=FOLDER...
# One setup, then every submission FOLDER in a fresh copy of the image; OUT/NAME gets what came
# of it, OUT/summary.txt one line a submission. As root, on Linux and x86_64.
#   light (without --full): this system's /usr and /etc, read-only, and empty folders beside them
#   --full: a Debian that debootstrap makes; --base keeps it in a tar, or takes it from there
# Capabilities and system calls are those of Docker's defaults. Not emulated: the platform's own
# base image, its harness, Docker's masks over /proc.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tests=$(dirname "$here")/tests
python=${PYTHON:-$(dirname "$here")/.venv/bin/python}
[ -x "$python" ] || python=python3
HOST_FOLDERS="usr etc"
FRESH_FOLDERS="autograder home opt root run srv tmp var/tmp var/lib dev proc sys"

stop() { echo "clean_root: $*" >&2; exit 2; }
side() { "$python" "$tests/clean_root/side.py" "$@"; }

# --- inside: in namespaces of its own, whose mounts end with it ------------------------------

bind() { # bind PATH: show a file or folder of this system at the same place, read-only
    local target=$root$1
    mkdir -p "$([ -d "$1" ] && echo "$target" || dirname "$target")"
    [ -e "$target" ] || touch "$target"
    mount --bind "$1" "$target"
    mount -o remount,bind,ro "$target"
}

furnish() { # furnish ROOT: devices, processes, and in the light root this system's programs
    root=$1
    if [ "$full" = 0 ]; then for folder in $HOST_FOLDERS; do bind "/$folder"; done; fi
    mount -t proc proc "$root/proc"
    mount -t sysfs -o ro sysfs "$root/sys" 2> /dev/null || true
    mount -t tmpfs -o mode=755,size=64m tmpfs "$root/dev"
    for device in null:3 zero:5 full:7 random:8 urandom:9; do
        mknod -m 666 "$root/dev/${device%:*}" c 1 "${device#*:}"
    done
    mkdir -m 1777 "$root/dev/shm"
    ln -s /proc/self/fd "$root/dev/fd"
    for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%:*}" "$root/dev/${n#*:}"; done
}

contained() { # contained COMMAND...: in the root, with the rights of a container's root
    local path=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
    "$python" "$tests/container.py" "$(command -v chroot)" "$root" /usr/bin/env -i \
        PATH=$path HOME=/root "$@"
}

join() { # join: let this process and what it starts be counted and limited
    local one
    for one in $group $slow; do echo "$BASHPID" > "$one/cgroup.procs"; done
}

setup() {
    mount --bind "$scratch/image" "$scratch/root"
    furnish "$scratch/root"
    # A file of this system stands in for the root's own: certificates are those that hold here.
    while read -r path; do
        [ -z "$path" ] || { [ -d "$path" ] && [ -e "$root$path" ]; } || bind "$path"
    done < "$scratch/shown"
    mapfile -t settings < "$scratch/pip"
    (join; contained "${settings[@]}" bash -c 'cd /autograder && exec bash source/setup.sh')
}

submit() { # submit NAME FOLDER
    local out=$out/$1 answer
    mkdir "$scratch/upper" "$scratch/work"
    mount -t overlay -o "lowerdir=$scratch/image,upperdir=$scratch/upper,workdir=$scratch/work" \
        overlay "$scratch/root"
    furnish "$scratch/root"
    rm -rf --one-file-system "$root/autograder/submission" "$root/autograder/results"
    mkdir -p "$root/autograder/submission" "$root/autograder/results"
    cp -r "$2/." "$root/autograder/submission/"
    cp "$scratch/metadata.json" "$root/autograder/submission_metadata.json"
    answer=0
    (join; contained TIMEOUT_SECONDS="$seconds" SUBMISSION_URL=https://platform.invalid/s/1 \
        SUBMIT_RESULTS_URL=https://platform.invalid/r/1 \
        timeout --foreground -s KILL "$seconds" bash -c 'cd /autograder && exec ./run_autograder' \
        > "$out/stdout" 2>&1 < /dev/null) || answer=$?
    cp -r "$root/autograder/results/." "$out/"
    echo "$answer $(left)" > "$out/ended"
}

left() { # left: how many processes outlived the run; this script's own have its command line
    local count=0 one words own
    mapfile -d "" -t own < "$root/proc/1/cmdline"
    for one in "$root"/proc/[0-9]*; do
        mapfile -d "" -t words 2> /dev/null < "$one/cmdline" || continue
        [ "${#words[@]}" = 0 ] || [ "${words[*]}" = "${own[*]}" ] || count=$((count + 1))
    done
    echo $count
}

if [ "${1:-}" = --inside ]; then
    shift
    eval "$1"; shift
    mount --make-rprivate /
    "$@"
    exit
fi

# --- outside: options, the image's folders, the limits ---------------------------------------

full=0 base="" memory=768 cpus=0 seconds=600
while [ $# -gt 0 ]; do
    case $1 in
        --full) full=1; shift ;;
        --base) base=$2; shift 2 ;;
        --memory) memory=$2; shift 2 ;;
        --cpus) cpus=$2; shift 2 ;;
        --seconds) seconds=$2; shift 2 ;;
        --*) stop "there is no option $1" ;;
        *) break ;;
    esac
done
[ $# -ge 3 ] || stop "usage: clean_root.sh [OPTIONS] ZIP OUT NAME=FOLDER..., see its first lines"
[ "$(id -u)" = 0 ] || stop "run this as root: it mounts and changes roots"
[ -f "$1" ] || stop "there is no zip $1"
zip=$(realpath "$1") out=$(realpath -m "$2")
shift 2
for work in "$@"; do
    [[ $work =~ ^[a-z0-9_-]+=. ]] || stop "'$work' is not NAME=FOLDER"
    [ -d "${work#*=}" ] || stop "there is no folder ${work#*=}"
done

scratch=$(mktemp -d) groups=()
tidy() {
    for one in "${groups[@]}"; do rmdir "$one" 2> /dev/null || true; done
    # Every mount ended with its namespace; were one left, nothing below it may be removed.
    if grep -q " $scratch" /proc/self/mounts; then
        echo "clean_root: something is still mounted below $scratch: left there" >&2
    else
        rm -rf --one-file-system "$scratch"
    fi
}
trap tidy EXIT

limit() { # limit NAME MB: a group that counts memory, and limits it unless MB is 0; "" without
    group=""
    local v1=/sys/fs/cgroup/memory v2=/sys/fs/cgroup
    if [ -f $v1/memory.limit_in_bytes ]; then
        mkdir "$v1/clean-root-$$-$1" 2> /dev/null || return 0
        group=$v1/clean-root-$$-$1
        [ "$2" = 0 ] || echo "${2}M" > "$group/memory.limit_in_bytes"
    elif grep -qw memory $v2/cgroup.subtree_control 2> /dev/null; then
        mkdir "$v2/clean-root-$$-$1" 2> /dev/null || return 0
        group=$v2/clean-root-$$-$1
        [ "$2" = 0 ] || { echo "${2}M" > "$group/memory.max"; echo 0 > "$group/memory.swap.max" || true; }
    fi
    groups+=("$group")
}

brake() { # brake NAME: a group with just --cpus of the processors' time; "" without
    slow=""
    local v1=/sys/fs/cgroup/cpu
    [ "$cpus" != 0 ] || return 0
    if [ -f $v1/cpu.cfs_quota_us ]; then
        mkdir "$v1/clean-root-$$-$1" || return 0
        slow=$v1/clean-root-$$-$1
        groups+=("$slow")
        awk -v n="$cpus" 'BEGIN { printf "%d\n", n * 100000 }' > "$slow/cpu.cfs_quota_us"
    elif [ -n "$group" ] && [ -f "$group/cpu.max" ]; then
        awk -v n="$cpus" 'BEGIN { printf "%d 100000\n", n * 100000 }' > "$group/cpu.max"
    else
        echo "clean_root: --cpus is not possible here: no cgroup counts processors" >&2
    fi
}

peak() { # peak: MB at most, the pages of files that were read included; kills for want of memory
    [ -n "$group" ] || { echo "unknown 0"; return; }
    local bytes kills
    bytes=$(cat "$group/memory.max_usage_in_bytes" "$group/memory.peak" 2> /dev/null | head -1 || true)
    kills=$(cat "$group/memory.oom_control" "$group/memory.events" 2> /dev/null |
        sed -n 's/^oom_kill //p' || true)
    echo "$((${bytes:-0} >> 20)) ${kills:-0}"
}

braked() { # braked: what --cpus did, so that it is seen to hold
    local stat=${slow:-$group}/cpu.stat
    [ "$cpus" != 0 ] && [ -f "$stat" ] || return 0
    echo ", $cpus processors, braked $(sed -n 's/^nr_throttled //p' "$stat") times"
}

apart() { # apart STAGE...: run a stage of this script in fresh namespaces
    local known
    known=$(declare -p scratch full out seconds group slow HOST_FOLDERS)
    unshare --mount --pid --ipc --uts --fork --kill-child \
        bash "${BASH_SOURCE[0]}" --inside "$known" "$@"
}

clock() { date +%s.%N; }
since() { awk -v a="$1" -v b="$(clock)" 'BEGIN { printf "%.1f", b - a }'; }

mkdir -p "$out" "$scratch/image" "$scratch/root"
if [ "$full" = 1 ]; then
    if [ -n "$base" ] && [ -f "$base" ]; then
        tar -C "$scratch/image" -xf "$base"
    else
        command -v debootstrap > /dev/null || stop "--full needs debootstrap: apt-get install debootstrap"
        debootstrap --variant=minbase --include=python3,ca-certificates bookworm "$scratch/image" > "$out/debootstrap.log" ||
            stop "debootstrap failed, see $out/debootstrap.log"
        [ -z "$base" ] || tar -C "$scratch/image" -cf "$base" .
    fi
    cp -L /etc/resolv.conf /etc/hosts "$scratch/image/etc/"
    mkdir -p "$scratch/image/autograder"
else
    for folder in $FRESH_FOLDERS $HOST_FOLDERS; do mkdir -p "$scratch/image/$folder"; done
    chmod 1777 "$scratch/image/tmp" "$scratch/image/var/tmp"
    chmod 0700 "$scratch/image/root"
    for name in bin sbin lib lib32 lib64; do
        [ ! -L "/$name" ] || ln -s "$(readlink "/$name")" "$scratch/image/$name"
        [ -L "/$name" ] || [ ! -d "/$name" ] || HOST_FOLDERS="$HOST_FOLDERS $name"
    done
fi
side unpack "$zip" "$scratch/image/autograder"
side metadata > "$scratch/metadata.json"
side pip > "$scratch/pip"
side shown > "$scratch/shown"

limit setup 0
slow=""
started=$(clock)
apart setup > "$out/setup.log" 2>&1 || { tail -n 40 "$out/setup.log" >&2; stop "setup.sh failed, see $out/setup.log"; }
took=$(since "$started")
size=$(du -sm --one-file-system "$scratch/image/opt" | cut -f1)
{
    echo "zip $(stat -c %s "$zip") bytes; setup $took s, $(peak | cut -d' ' -f1) MB at most; $size MB in /opt"
} | tee "$out/summary.txt"

bad=0
for work in "$@"; do
    name=${work%%=*}
    rm -rf --one-file-system "${out:?}/$name" "$scratch/upper" "$scratch/work"
    mkdir -p "$out/$name"
    limit "$name" "$memory"
    brake "$name"
    started=$(clock)
    apart submit "$name" "$(realpath "${work#*=}")"
    took=$(since "$started")
    read -r most kills < <(peak)
    read -r answer outlived < "$out/$name/ended"
    said=$(side look "$out/$name/results.json") || bad=1
    echo "$name: $said; exit $answer, $took s, $most MB of $memory, $kills killed for memory, $outlived processes left$(braked)" |
        tee -a "$out/summary.txt"
done
exit $bad
