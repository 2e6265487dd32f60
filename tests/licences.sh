#!/usr/bin/env bash
# Fails if a crate that we build comes under a licence that is not on the list, or (where cargo-audit is installed) has a
# known vulnerability. Reads what cargo has already downloaded; asks nobody.
set -euo pipefail
cd "$(dirname "$0")/.."

# Permissive licences, and MPL-2.0, which binds only its own files.
allowed='0BSD Apache-2.0 Apache-2.0_WITH_LLVM-exception BSD-2-Clause BSD-3-Clause BSL-1.0 CC0-1.0 CDLA-Permissive-2.0 ISC MIT MIT-0 MPL-2.0 Unicode-3.0 Unlicense Zlib'

cargo tree --locked --edges normal,build,dev --prefix none --no-dedupe --format '{l}|{p}' | sort -u |
    awk -F'|' -v allowed="$allowed" '
        # In SPDX, AND binds tighter than OR. Parentheses are worked off from the inside.
        function good(text,    alternatives, parts, i, j, n, m, all) {
            n = split(text, alternatives, / +OR +/)
            for (i = 1; i <= n; i++) {
                m = split(alternatives[i], parts, / +AND +/)
                all = 1
                for (j = 1; j <= m; j++) {
                    gsub(/^ +| +$/, "", parts[j])
                    gsub(/ +WITH +/, "_WITH_", parts[j])
                    if (!(parts[j] in known)) all = 0
                }
                if (all) return 1
            }
            return 0
        }
        BEGIN {
            count = split(allowed, list, " ")
            for (i = 1; i <= count; i++) known[list[i]] = 1
            known["YES"] = 1
        }
        {
            licence = $1
            gsub(/ *\/ */, " OR ", licence)
            while (match(licence, /\([^()]*\)/)) {
                inner = substr(licence, RSTART + 1, RLENGTH - 2)
                licence = substr(licence, 1, RSTART - 1) (good(inner) ? "YES" : "NO") substr(licence, RSTART + RLENGTH)
            }
            if (!good(licence)) { printf "%s: licence \"%s\" is not on the list\n", $2, $1; bad = 1 }
            crates++
        }
        END {
            if (crates < 10) { print "cargo tree listed almost nothing"; exit 1 }
            if (!bad) printf "licences of %d crates are fine\n", crates
            exit bad
        }
    ' >&2

if cargo audit --version >/dev/null 2>&1; then
    cargo audit --quiet || cargo audit --quiet --no-fetch --stale
else
    echo "advisories were not checked: cargo-audit is not installed" >&2
fi
