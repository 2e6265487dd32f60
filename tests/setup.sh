#!/usr/bin/env bash
# Installs what is missing on this machine, and says so: tests/setup.sh [toolchain] [server] [client] [chromium]
#   toolchain  cargo (by rustup) and a C compiler      server    mariadbd, for the embedded database and the tests
#   client     the mariadb client, for `make check`    chromium  for the tests in a browser
# Knows Debian, Ubuntu (as root, or with sudo) and macOS (with Homebrew). What is there is never installed again.
set -euo pipefail
PATH="$HOME/.cargo/bin:$PATH:/usr/sbin:/usr/local/sbin:/opt/homebrew/bin:/usr/local/mysql/bin"
root=$(cd "$(dirname "$0")/.." && pwd)

say() { printf 'setup: %s\n' "$*" >&2; }
has() {
    local name
    for name in "$@"; do command -v "$name" >/dev/null 2>&1 && return; done
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; elif has sudo; then sudo "$@"; else
        say "this needs root: $*"
        return 1
    fi
}

updated=
apt_update() {
    [ -n "$updated" ] && return
    say "apt-get update"
    as_root apt-get update -qq >&2
    updated=yes
}
apt_knows() { apt-cache show "$1" >/dev/null 2>&1; }
apt_install() {
    say "apt-get install $*"
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >&2
}
# Where a package exists only with the version in its name (MariaDB on Ubuntu 22.04), the latest of them.
versioned() {
    local latest=
    apt_knows "$1" || latest=$(apt-cache search --names-only "^$1-[0-9.]+\$" | cut -d' ' -f1 | sort -V | tail -n 1)
    echo "${latest:-$1}"
}

by_hand() {
    say "please install $1; this script only knows apt-get (Debian, Ubuntu) and brew (macOS)"
    exit 1
}

# install NAME DEBIAN_PACKAGE… -- BREW_ARGUMENT…
install() {
    local name=$1 debian=() package
    shift
    while [ "$1" != -- ]; do debian+=("$1") && shift; done
    shift
    if has apt-get; then
        apt_update
        local found=()
        for package in "${debian[@]}"; do
            found+=("$(versioned "$package")")
        done
        apt_install "${found[@]}"
    elif has brew && [ $# -gt 0 ]; then
        say "brew install $*"
        brew install "$@" >&2
    else
        by_hand "$name"
    fi
}

toolchain() {
    local wanted current
    has cc || install "a C compiler" build-essential --
    wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
    if ! has cargo; then
        has curl || install curl curl ca-certificates -- curl
        say "installing Rust with rustup (https://rustup.rs) into ~/.cargo"
        curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs |
            sh -s -- -y --quiet --profile minimal --component clippy,rustfmt >&2
        return
    fi
    current=$(cargo --version | cut -d' ' -f2)
    [ "$(printf '%s\n' "$wanted" "$current" | sort -V | head -n 1)" = "$wanted" ] && return
    if has rustup; then
        say "cargo $current is older than $wanted: rustup update stable"
        rustup update stable >&2
    else
        by_hand "Rust $wanted or later (https://rustup.rs)"
    fi
}

server() {
    # MariaDB needs its installer, and that needs my_print_defaults; MySQL's server does it all.
    if has mariadbd && has mariadb-install-db && has my_print_defaults; then return; fi
    if has mysqld && ! has mariadbd; then return; fi
    install "MariaDB" mariadb-server-core mariadb-client-core -- mariadb
}

client() { has mariadb mysql || install "the MariaDB client" mariadb-client-core -- mariadb; }

chromium() {
    has chromium chromium-browser google-chrome google-chrome-stable && return
    [ -d "/Applications/Google Chrome.app" ] || [ -d /Applications/Chromium.app ] && return
    if has apt-get; then
        apt_update
        if apt_knows chromium; then apt_install chromium; else apt_install chromium-browser; fi
    else
        install Chromium -- --cask google-chrome
    fi
}

for need in "$@"; do
    case $need in
        toolchain | server | client | chromium) "$need" ;;
        *) say "unknown: $need" && exit 2 ;;
    esac
done
