#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the collector under traffic, 50 times a part: no durable segment, event or scope is lost or doubled, and every
# scope says from when it is whole. Needs root, to be four users. WEIR_KILLS=3 tries it small.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
export WEIR_KILLS=${WEIR_KILLS:-50}
prove_tests Weir.EndToEnd "FullyQualifiedName~KillProofTests.A_collector"
