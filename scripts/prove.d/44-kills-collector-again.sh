#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the collector under traffic, 50 times a part: no durable segment, event or scope is lost or doubled, and every
# scope says from when it is whole; and under one stream what each kill cost is counted with its interval, so that all adds up. Needs root, to be four users. WEIR_KILLS=3 tries it small.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
part=$(basename "$0" .sh)
export WEIR_KILLS=${WEIR_KILLS:-50} WEIR_REAL=must
dotnet test tests/Weir.EndToEnd -c Release --filter "FullyQualifiedName~KillProofTests.A_collector|FullyQualifiedName~KillProofTests.What_a_killed_collector" \
    --results-directory "$WEIR_PROVE_LOGS" --logger "trx;LogFileName=$part.trx" --logger "console;verbosity=minimal"
grep -q '<Counters [^>]* passed="2"' "$WEIR_PROVE_LOGS/$part.trx" || { echo "no kill was tried" >&2 && exit 1; }
