#!/usr/bin/env bash
# A new user's first day, from the release to the mark, in folders that are thrown away:
#   scripts/first_day.sh [--bare]       PYTHON=... names the Python that makes release and zip
# The student has the unzipped release and an empty environment, solves q1 and hands in. The
# autograder zip then grades that hand-in in a clean root; where there can be none, or with
# --bare, it runs in a bare folder with the student's environment, and a line says why. The
# score has to be the one that `grade.py` gives here.
set -euo pipefail
name=bn_matrix module=bn.py
course=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
bare=${1:-}
python=${PYTHON:-$course/.venv/bin/python}
[ -x "$python" ] || python=$(command -v python3)
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV GRADER_DATA GRADED_DESCENT

place=$(mktemp -d)
trap 'rm -rf --one-file-system "$place"' EXIT
log=$place/log out=""
started=$SECONDS steps=0

step() { steps=$((steps + 1)); printf '%2d  %s\n' "$steps" "$*"; }
stop() { printf 'first day: %s\n' "$*" >&2; exit 1; }

quietly() { # quietly CODE COMMAND...: what is printed shows only where the exit code is another
    local wanted=$1 code=0
    shift
    : > "$log"
    "$@" > "${out:-$log}" 2>> "$log" < /dev/null || code=$?
    [ "$code" = "$wanted" ] || { cat "$log" >&2; stop "exit code $code, $wanted was wanted: $*"; }
}

says() { grep -q -- "$1" "$log" || { cat "$log" >&2; stop "nothing above says: $1"; }; }

unpack() { "$python" -m zipfile -e "$1" "$2"; }

score() { # score FILE KEY: a number of a report
    "$python" -c 'import json, sys; print(float(json.load(open(sys.argv[1]))[sys.argv[2]]))' "$@"
}

version_of() { # nothing for a Python that is too old, or that can make no environment
    "$1" -c 'import ensurepip, sys, venv
if sys.version_info >= (3, 10): print("%d.%d" % sys.version_info[:2])' 2> /dev/null || true
}

why_no_root() { # why there can be no clean root here; nothing where there can
    [ "$bare" != --bare ] || { echo "--bare"; return; }
    [ "$(uname -s)-$(uname -m)" = Linux-x86_64 ] || { echo "it needs Linux on x86_64"; return; }
    [ "$(id -u)" = 0 ] || { echo "it needs root"; return; }
    [ -n "$(version_of /usr/bin/python3)" ] || { echo "it needs a /usr/bin/python3 of 3.10 or newer with venv"; return; }
    unshare --mount --pid --fork true 2> /dev/null || echo "this machine gives no namespaces"
}

in_clean_root() {
    step "setup.sh builds the image in a clean root, and run_autograder grades there"
    PYTHON=$python quietly 0 "$course/scripts/clean_root.sh" \
        "$place/dist/$name-gradescope.zip" "$place/out" "handin=$place/handin"
    results=$place/out/handin/results.json
}

in_bare_folder() { # what the zip starts, where there is nothing of an image
    step "no clean root ($lacking): run_autograder in a bare folder"
    local base=$place/platform
    mkdir -p "$base/results"
    unpack "$place/dist/$name-gradescope.zip" "$base/source"
    cp -r "$place/handin" "$base/submission"
    GRADED_DESCENT=$student/.venv quietly 0 bash "$base/source/run_autograder" "$base"
    results=$base/results/results.json
}

lacking=$(why_no_root)
target=$python
[ -n "$lacking" ] || target=/usr/bin/python3
cd "$course"
step "grade.py release, and the autograder for Python $(version_of "$target")"
quietly 0 "$python" grade.py release "$name" -o "$place/dist"
quietly 0 "$python" grade.py gradescope "$name" -o "$place/dist" --python "$(version_of "$target")"

student=$place/student
step "the student unzips the release and makes an environment as its README says"
unpack "$place/dist/$name.zip" "$student"
cd "$student"
grep -q "pip install -r requirements.txt" README.md || stop "README.md names another command"
quietly 0 "$python" -m venv .venv
quietly 0 .venv/bin/pip install --quiet --disable-pip-version-check -r requirements.txt

step "what was given earns nothing yet"
quietly 1 .venv/bin/python grade.py "$name"
says "Score 0 / 100"

step "q1 is solved, and grade.py -q q1 passes"
answer="Z_HAT = (Z - Z.mean(axis=1, keepdims=True)) / Z.std(axis=1, keepdims=True)"
sed -i "s|^Z_HAT = None.*|$answer|" "assignments/$name/$module"
quietly 0 .venv/bin/python grade.py "$name" -q q1

step "pytest runs in the folder: q1 passes, the other questions do not"
quietly 0 .venv/bin/python -m pytest -m q1
quietly 1 .venv/bin/python -m pytest
says "passed"

step "grade.py submit makes the hand-in"
quietly 0 .venv/bin/python grade.py submit "$name"
unpack "$name-submission.zip" "$place/handin"

cd "$course"
if [ -z "$lacking" ]; then in_clean_root; else in_bare_folder; fi

step "grade.py grades the same hand-in with the hidden checks"
out=$place/report.json quietly 1 "$python" grade.py "$name" "$student/$name-submission.zip" --json
mine=$(score "$place/report.json" earned)
theirs=$(score "$results" score)
[ "$mine" = "$theirs" ] || stop "grade.py gives $mine, the autograder $theirs"
[ "${mine%.*}" -gt 0 ] || stop "q1 earned nothing"
echo "first day: $steps steps in $((SECONDS - started)) s; grade.py and the autograder both give $mine of 100"
