# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# need PROGRAM:PACKAGE ...: a pattern of files from / may stand for a program; installs the Debian packages whose program is missing. Asks the archive once, and only as root.

has() { command -v "$1" >/dev/null 2>&1 || [ -x "/usr/sbin/$1" ] || [ -x "/sbin/$1" ] || { [[ $1 == /* ]] && compgen -G "$1" >/dev/null; }; }

need() {
    local pair missing=()
    for pair in "$@"; do
        has "${pair%%:*}" || missing+=("${pair#*:}")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ] || ! has apt-get; then
        say "missing: ${missing[*]} (install them; the tests that need them fail otherwise)"
        return 0
    fi
    say "installing ${missing[*]}"
    quietly artifacts/log/apt-update.log apt-get update -qq || say "the package lists could not be refreshed; trying with those at hand"
    DEBIAN_FRONTEND=noninteractive quietly artifacts/log/apt-install.log \
        apt-get install -y -qq --no-install-recommends "${missing[@]}"
}
