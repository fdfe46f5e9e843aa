#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the collector under one stream of IPFIX, 40 times: what each kill cost is counted with its exporter and interval,
# and everything that was sent adds up to the flow. Needs root, to be four users. WEIR_KILLS=3 tries it small.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
part=$(basename "$0" .sh)
export WEIR_KILLS=${WEIR_KILLS:-40} WEIR_REAL=must
dotnet test tests/Weir.EndToEnd -c Release --filter "FullyQualifiedName~KillProofTests.What_a_killed_collector" \
    --results-directory "$WEIR_PROVE_LOGS" --logger "trx;LogFileName=$part.trx" --logger "console;verbosity=minimal"
grep -q '<Counters [^>]* passed="1"' "$WEIR_PROVE_LOGS/$part.trx" || { echo "no kill was tried" >&2 && exit 1; }
