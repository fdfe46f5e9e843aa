#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A store of two shards, each a process with the engine: every count, comparison and report as on one machine; what is refused,
# told by the shard's name; figures of how rows are divided. Every unit test marked Run=prove. And two collectors of which each
# hears one direction of the lines: one collector's findings, and with one killed nothing doubled and every loss counted.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
part=$(basename "$0" .sh)
export WEIR_REAL=must
dotnet test tests/Weir.Tests -c Release --filter "Run=prove" \
    --results-directory "$WEIR_PROVE_LOGS" --logger "trx;LogFileName=$part.trx" --logger "console;verbosity=minimal"
dotnet test tests/Weir.EndToEnd -c Release --filter "Run=prove&FullyQualifiedName~SeveralCollectors" \
    --results-directory "$WEIR_PROVE_LOGS" --logger "trx;LogFileName=$part-collectors.trx" --logger "console;verbosity=minimal"
grep -q '<Counters [^>]* passed="[1-9]' "$WEIR_PROVE_LOGS/$part-collectors.trx" || { echo "nothing was played" >&2 && exit 1; }
grep -q '<Counters [^>]* passed="[1-9]' "$WEIR_PROVE_LOGS/$part.trx" || { echo "nothing was played" >&2 && exit 1; }
