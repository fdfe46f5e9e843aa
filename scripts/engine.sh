# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2034 # for who sources this
# fetch_engine: the embedded store's engine comes by npm, pinned by its lock file; asked for again only when the lock changed.

engine=native/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so

fetch_engine() {
    local lock stamp=native/node_modules/.lock-sha256
    lock=$(sha256sum native/package-lock.json | cut -d' ' -f1)
    [ "$(cat "$stamp" 2>/dev/null)" != "$lock" ] || return 0
    say "fetching the embedded store's engine"
    (cd native && quietly ../artifacts/log/npm.log npm ci --no-audit --no-fund --loglevel=error)
    printf '%s' "$lock" >"$stamp"
}
