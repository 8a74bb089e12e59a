#!/usr/bin/env bash
# A PostgreSQL server to throw away, for the tests of the gradebook.
#
#   scripts/postgres.sh .venv/bin/python -m pytest tests/test_postgres.py
#       runs the command with GRADED_POSTGRES set to the server's url, then removes the server
#   scripts/postgres.sh
#       leaves one running; the last line is its url, the line before says how to remove it
#
# The server listens on 127.0.0.1 and in its own folder only, asks for a password that was made
# up for it, and runs as an unprivileged user. Nothing of it outlives its folder.
set -euo pipefail

say() { printf '%s\n' "$*" >&2; }

programs() {  # the folder of the newest server programs; nothing where there are none
    local found
    found=$(find /usr/lib/postgresql -path '*/bin/initdb' 2>/dev/null | sort -V | tail -n 1)
    [ -n "$found" ] || found=$(command -v initdb || true)
    [ -z "$found" ] || dirname "$(readlink -f "$found")"
}

install() {
    command -v apt-get >/dev/null || { say "Install PostgreSQL: this script knows only apt."; exit 1; }
    [ "$(id -u)" -eq 0 ] || { say "PostgreSQL is not here. Run: sudo apt-get install postgresql"; exit 1; }
    say "installing postgresql"
    # Debian would start a server of its own at once: this one is for tests only.
    mkdir -p /etc/postgresql-common
    [ -e /etc/postgresql-common/createcluster.conf ] ||
        echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.conf
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq >&2
    apt-get install -y -qq --no-install-recommends postgresql >&2
}

user() {  # the server refuses to run as root
    if [ "$(id -u)" -ne 0 ]; then id -un; elif id postgres >/dev/null 2>&1; then echo postgres; else echo nobody; fi
}

as_user() {
    if [ "$(id -u)" -eq 0 ]; then (cd / && runuser -u "$owner" -- "$@"); else "$@"; fi
}

start() {  # on the first port of a few that is free
    local port
    for _ in 1 2 3 4 5 6 7 8; do
        port=$((20000 + RANDOM % 12000))
        if as_user "$bin/pg_ctl" -D "$place/data" -l "$place/log" -w -t 60 -s start -o "-p $port \
            -c listen_addresses=127.0.0.1 -c unix_socket_directories=$place -c fsync=off \
            -c full_page_writes=off -c synchronous_commit=off" >&2; then
            url="postgresql://graded:$password@127.0.0.1:$port/postgres"
            return
        fi
    done
    say "The server does not start:"
    tail -n 20 "$place/log" >&2
    exit 1
}

remove() {
    as_user "$bin/pg_ctl" -D "$place/data" -m immediate -s stop >/dev/null 2>&1 || true
    rm -rf "$place"
}

bin=$(programs)
[ -n "$bin" ] || { install; bin=$(programs); }
[ -n "$bin" ] || { say "PostgreSQL was installed, but its initdb is not found."; exit 1; }
owner=$(user)
place=$(mktemp -d /tmp/graded-postgres.XXXXXX)  # short: a socket's path has 107 characters
trap remove EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && printf '%s\n' "$password" >"$place/password")
[ "$(id -u)" -ne 0 ] || chown -R "$owner" "$place"
as_user "$bin/initdb" -D "$place/data" -U graded -A scram-sha-256 --pwfile="$place/password" \
    --encoding=UTF8 --locale=C.UTF-8 --no-sync >"$place/initdb.log" 2>&1 ||
    { cat "$place/initdb.log" >&2; exit 1; }
start

if [ "$#" -gt 0 ]; then
    GRADED_POSTGRES=$url "$@"
else
    trap - EXIT
    su=""
    [ "$(id -u)" -ne 0 ] || su="runuser -u $owner -- "
    printf '# to remove it: %s%s/pg_ctl -D %s/data -m immediate stop; rm -rf %s\n' \
        "$su" "$bin" "$place" "$place"
    printf '%s\n' "$url"
fi
