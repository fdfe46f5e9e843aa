#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the vault under traffic, 33 times, an absence among them: cases, scopes and evidence as without kills.
# An absence of an hour is CollectorSegmentsTests' in make test, whose clock the test moves.
# Needs root, to be four users. WEIR_KILLS=3 tries it small.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
export WEIR_KILLS=${WEIR_KILLS:-33} WEIR_KILLED=vault
prove_tests Weir.EndToEnd "FullyQualifiedName~KillProofTests.Store_desk_and_vault_killed"
