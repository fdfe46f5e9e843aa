#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the program into artifacts/publish and leaves the launcher ./weir.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"

# shellcheck source=scripts/engine.sh
source scripts/engine.sh
fetch_engine

say "building"
quietly artifacts/log/publish.log dotnet publish src/Weir.Cli -c Release -o artifacts/publish -v quiet

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
