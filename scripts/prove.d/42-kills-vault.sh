#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the vault under traffic, 33 times, an absence among them: cases, scopes and evidence as without kills.
# An absence of an hour is CollectorSegmentsTests' in make test, whose clock the test moves.
# Needs root, to be four users. WEIR_KILLS=3 tries it small.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
export WEIR_KILLS=${WEIR_KILLS:-33} WEIR_KILLED=vault WEIR_REAL=must
dotnet test tests/Weir.EndToEnd -c Release --filter "FullyQualifiedName~KillProofTests.Store_desk_and_vault_killed" \
    --results-directory "$WEIR_PROVE_LOGS" --logger "trx;LogFileName=42-kills-vault.trx" --logger "console;verbosity=minimal"
grep -q '<Counters [^>]* passed="1"' "$WEIR_PROVE_LOGS/42-kills-vault.trx" || { echo "no kill was tried" >&2 && exit 1; }
