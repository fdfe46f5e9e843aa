#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 of the collector under one stream of IPFIX, 40 times: what each kill cost is counted with its exporter and interval,
# and everything that was sent adds up to the flow. Needs root, to be four users. WEIR_KILLS=3 tries it small.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
export WEIR_KILLS=${WEIR_KILLS:-40}
prove_tests Weir.EndToEnd "FullyQualifiedName~KillProofTests.What_a_killed_collector"
