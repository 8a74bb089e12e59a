#!/usr/bin/env bash
# Runs once, as root, when the platform builds its image. No student's code is here.
# /usr/bin/python3 belongs to the platform and stays as it is.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

source=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
[ -d "$source/solutions" ] || source=/autograder/source
home=${GRADED_DESCENT:-/opt/graded-descent}
version=$(tr -d '[:space:]' < "$source/python-version")
python=python$version
name=$(ls "$source/assignments")

stop() {
    printf '\nsetup: %s\n' "$*" >&2
    exit 1
}

# The interpreter must lie where every user can read it: student code runs as another user.
found=$(command -v "$python") || stop "this image has no $python; it has: $(
    ls /usr/bin /usr/local/bin | grep -Ex 'python3\.[0-9]+' | sort -u | tr '\n' ' ')
Choose a base image with $python in the autograder's settings (Ubuntu 22.04 has 3.10), or make
the zip again for a Python that is here, with the option --python."

if ! "$found" -c 'import ensurepip, venv' 2> /dev/null; then
    command -v apt-get > /dev/null || stop "$python has no module venv; install it in this image."
    apt-get install -y --no-install-recommends "$python-venv" 2> /dev/null || {
        apt-get update
        apt-get install -y --no-install-recommends "$python-venv"
    }
fi

rm -rf "$home"
"$found" -m venv "$home"
(cd "$source" && "$home/bin/python" -m pip install --no-cache-dir --only-binary=:all: \
    -r requirements.txt)
"$home/bin/python" -m compileall -q "$home/lib" > /dev/null || true
chmod -R a+rX "$home"

# Before a student can: what the reference earns here, kept apart as students' code will be.
grade() { (cd "$source" && "$home/bin/grade" "$@"); }
echo
grade doctor
echo
data=()
[ -d "$source/data" ] && data=(--data "$source/data")
grade check "$name" "$source/solutions/$name" --isolation required "${data[@]}" --verbose ||
    stop "the reference solution does not earn everything on this image, see above: no student
could. Build the image with more memory, or repair the assignment and upload the zip again."

# Where the image's builder mounts this folder it cannot go, and need not.
rm -rf /var/lib/apt/lists/* 2> /dev/null || true
find "$source" -name __pycache__ -type d -prune -exec rm -rf {} +
chmod 0700 "$source/solutions"
echo
echo "setup: $name can be graded on this image"
