#!/usr/bin/env bash
# Runs a command with a throw-away database server: tests/with-database.sh cargo test
#
# The command finds it in ABONO_TEST_DATABASE_URL (user root, database abono; it may make others). If that is set
# already, the command is run with it as it is. The server is quick and forgetful: it listens on a socket in a
# temporary directory, never waits for the disk, and is stopped by its process id whatever happens to the command.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: $0 COMMAND…" >&2; exit 2; }
# sqlx's own test attribute looks for DATABASE_URL.
if [ -n "${ABONO_TEST_DATABASE_URL:-}" ]; then
    exec env DATABASE_URL="$ABONO_TEST_DATABASE_URL" "$@"
fi

# Memory, where there is plenty: tests make hundreds of small databases.
base=${TMPDIR:-/tmp}
free=$(df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 { print $4 }')
if [ -w /dev/shm ] && [ "${free:-0}" -gt 4194304 ]; then base=/dev/shm; fi
dir=$(mktemp -d "$base/abono-db.XXXXXX")
# A starting server removes what it takes for its own leftovers from the temporary directory: no two may share one.
tmp=$dir/tmp
mkdir "$tmp"
server=
guard=
cleanup() {
    local status=$?
    trap - EXIT INT TERM HUP
    [ -z "$guard" ] || kill "$guard" 2>/dev/null || true
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$dir"
    exit "$status"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

program() {
    local name
    for name in "$@"; do
        PATH="$PATH:/usr/sbin:/usr/libexec:/usr/local/sbin:/opt/homebrew/bin:/usr/local/mysql/bin" command -v "$name" && return
    done
    echo "no database server is installed: tests/setup.sh server" >&2
    return 1
}
mysqld=$(program mariadbd mysqld)
user=()
[ "$(id -u)" != 0 ] || user=(--user=root)
if "$mysqld" --no-defaults --version | grep -q MariaDB; then
    make=("$(program mariadb-install-db)" --auth-root-authentication-method=normal --skip-test-db --skip-name-resolve)
    flags=(--loose-skip-ssl --loose-aria-pagecache-buffer-size=8M)
    # --no-defaults must come first, and is the installer's own flag.
    make=("${make[0]}" --no-defaults "${make[@]:1}")
else
    make=("$mysqld" --no-defaults --initialize-insecure)
    flags=(--loose-mysqlx=OFF --loose-tls-version=)
fi
if ! TMPDIR=$tmp "${make[@]}" --datadir="$dir/data" ${user[@]+"${user[@]}"} >"$dir/install.log" 2>&1; then
    tail -n 20 "$dir/install.log" >&2
    exit 1
fi

echo 'CREATE DATABASE abono CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;' >"$dir/init.sql"
TMPDIR=$tmp "$mysqld" --no-defaults --datadir="$dir/data" --socket="$dir/db.sock" --pid-file="$dir/db.pid" \
    --init-file="$dir/init.sql" --skip-networking --skip-name-resolve --skip-log-bin \
    --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci \
    --innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=OFF --innodb-buffer-pool-size=256M \
    --innodb-buffer-pool-load-at-startup=OFF --innodb-buffer-pool-dump-at-shutdown=OFF \
    --max-connections=2000 --performance-schema=OFF \
    "${flags[@]}" ${user[@]+"${user[@]}"} </dev/null >"$dir/server.log" 2>&1 &
server=$!
# Even a killed script leaves no server behind.
(
    while kill -0 $$ 2>/dev/null; do sleep 1; done
    kill "$server" 2>/dev/null
    sleep 5
    rm -rf "$dir"
) </dev/null >/dev/null 2>&1 &
guard=$!

waited=0
until grep -q 'ready for connections' "$dir/server.log"; do
    if ! kill -0 "$server" 2>/dev/null || [ $((waited += 1)) -gt 1200 ]; then
        tail -n 20 "$dir/server.log" >&2
        exit 1
    fi
    sleep 0.05
done

export ABONO_TEST_DATABASE_SOCKET="$dir/db.sock"
export ABONO_TEST_DATABASE_URL DATABASE_URL
ABONO_TEST_DATABASE_URL="mysql://root@localhost/abono?socket=$dir/db.sock&ssl-mode=disabled"
DATABASE_URL=$ABONO_TEST_DATABASE_URL
"$@"
