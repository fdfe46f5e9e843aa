#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the program into artifacts/publish and leaves the launcher ./weir.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"

# The embedded store's engine comes by npm, pinned by its lock file; asked for again only when the lock changed.
lock=$(sha256sum native/package-lock.json | cut -d' ' -f1)
stamp=native/node_modules/.lock-sha256
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$lock" ]; then
    say "fetching the embedded store's engine"
    (cd native && quietly ../artifacts/log/npm.log npm ci --no-audit --no-fund --loglevel=error)
    printf '%s' "$lock" >"$stamp"
fi

say "building"
quietly artifacts/log/publish.log dotnet publish src/Weir.Cli -c Release -o artifacts/publish -v quiet

engine=native/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so
mkdir -p artifacts/publish/native
if [ -f "$engine" ]; then
    ln -f "$engine" artifacts/publish/native/libchdb.so 2>/dev/null || cp -f "$engine" artifacts/publish/native/libchdb.so
else
    say "the embedded engine is not to be had on this machine ($(uname -m)); use an external store"
fi

cat >weir.next <<'LAUNCHER'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec dotnet "$here/artifacts/publish/Weir.Cli.dll" "$@"
LAUNCHER
chmod +x weir.next
mv -f weir.next weir
say "built: ./weir"
