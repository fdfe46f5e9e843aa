#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 in the middle of the work, many times as often as `make test` does it: the store's child,
# the spool with it, outboxes, the audit.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
export WEIR_ENDURANCE=8
for project in Weir.Tests Weir.EndToEnd; do
    dotnet test "tests/$project" -c Release --results-directory "$WEIR_PROVE_LOGS" --filter "FullyQualifiedName~KillTests|FullyQualifiedName~OutboxCrashTests" \
        --logger "trx;LogFileName=kills.$project.trx" --logger "console;verbosity=minimal"
    grep -q '<Counters [^>]* passed="[1-9]' "$WEIR_PROVE_LOGS/kills.$project.trx" || { echo "no kill of $project was tried" >&2 && exit 1; }
done
