#!/usr/bin/env bash
# Writes .sqlx/: what sqlx knows about every query, so that the project builds without a database.
#
#   tests/prepare-sqlx.sh                      write it anew (after any change of a query or a migration)
#   tests/prepare-sqlx.sh --check COMMAND…     fail unless it is fresh; COMMAND compiles everything (cargo clippy …)
#
# sqlx's macros write a file per query when they are compiled with DATABASE_URL and SQLX_OFFLINE_DIR set; that is all
# that `cargo sqlx prepare` makes use of too. The schema is put there by the plain client, migration by migration: our
# own `abono migrate` could not be built before the queries are known.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ -z "${ABONO_SQLX_SERVER:-}" ]; then
    # Always a server of our own: what sqlx learns must not depend on whatever the developer has around.
    exec env -u ABONO_TEST_DATABASE_URL ABONO_SQLX_SERVER=own tests/with-database.sh "$0" "$@"
fi

check=
if [ "${1:-}" = --check ]; then check=yes && shift; fi
[ $# -gt 0 ] || set -- cargo check --locked --all-targets

client=$(command -v mariadb || command -v mysql) || { echo "no database client: tests/setup.sh client" >&2; exit 1; }
sql() { "$client" --no-defaults --socket="$ABONO_TEST_DATABASE_SOCKET" --user=root --default-character-set=utf8mb4 abono "$@"; }
for migration in migrations/*.sql; do
    sql <"$migration" || { echo "in $migration" >&2; exit 1; }
done

fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
sql --batch --skip-column-names --execute='SELECT VERSION()' | sed 's/^\([0-9]*\.[0-9]*\).*/\1/' >"$fresh/server-version"
# Macros are expanded anew when the root of their crate has changed.
find . -path ./target -prune -o \( -name main.rs -o -name lib.rs -o -path './benches/*.rs' \) -exec touch {} +
DATABASE_URL="$ABONO_TEST_DATABASE_URL" SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$fresh" "$@"

if [ -z "$check" ]; then
    mkdir -p .sqlx
    rm -f .sqlx/query-*.json
    cp "$fresh"/* .sqlx/
    echo ".sqlx: $(find .sqlx -name 'query-*.json' | wc -l | tr -d ' ') queries" >&2
elif cmp -s .sqlx/server-version "$fresh/server-version"; then
    diff -r .sqlx "$fresh" || { echo ".sqlx is stale: run tests/prepare-sqlx.sh and commit it" >&2; exit 1; }
else
    # Versions describe the same column with other flags and lengths: only the set of queries can be compared.
    echo ".sqlx was made with another server version; comparing which queries there are" >&2
    diff <(cd .sqlx && ls query-*.json) <(cd "$fresh" && ls query-*.json) ||
        { echo ".sqlx is stale: run tests/prepare-sqlx.sh and commit it" >&2; exit 1; }
fi
