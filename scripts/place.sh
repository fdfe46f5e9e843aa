# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# Sourced by every script: stands at the project's root and quiets the tools.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1

# say TEXT: one line about what happens next, on standard error.
say() { printf '== %s\n' "$*" >&2; }

# quietly LOG COMMAND...: runs it, shows its output only when it fails.
quietly() {
    local log=$1
    shift
    mkdir -p "$(dirname "$log")"
    if ! "$@" >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        printf 'failed: %s (all of it: %s)\n' "$*" "$log" >&2
        return 1
    fi
}
