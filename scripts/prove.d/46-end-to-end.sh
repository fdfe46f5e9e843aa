#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whole stories with real daemons that take minutes each: the ladder from a case to a clean line, the customer's page in a
# browser, what people played of an operator's week. Every test marked Run=prove that has no part of its own.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
prove_tests Weir.EndToEnd "Run=prove&Part!=stories&Part!=again&FullyQualifiedName!~KillProofTests&FullyQualifiedName!~ProcessKillTests&FullyQualifiedName!~ConsolePages&FullyQualifiedName!~SeveralCollectors"
