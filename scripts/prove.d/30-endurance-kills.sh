#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# kill -9 in the middle of the work, many times as often as `make test` does it: the store's child,
# the spool with it, outboxes, the audit.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
export WEIR_ENDURANCE=8
for project in Weir.Tests Weir.EndToEnd; do
    prove_tests "$project" "FullyQualifiedName~KillTests|FullyQualifiedName~OutboxCrashTests"
done
