#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Whole stories with real daemons that take minutes each: the ladder from a case to a clean line, the customer's page in a
# browser, what people played of an operator's week. Every test marked Run=prove that has no part of its own.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
part=$(basename "$0" .sh)
export WEIR_REAL=must
dotnet test tests/Weir.EndToEnd -c Release --filter "Run=prove&FullyQualifiedName!~KillProofTests&FullyQualifiedName!~ConsolePages&FullyQualifiedName!~SeveralCollectors&FullyQualifiedName!~PromotionTests&FullyQualifiedName!~Namespaces&FullyQualifiedName!~Notices&FullyQualifiedName!~Notifying&FullyQualifiedName!~SharingTests&FullyQualifiedName!~ProcessKillTests" \
    --results-directory "$WEIR_PROVE_LOGS" --logger "trx;LogFileName=$part.trx" --logger "console;verbosity=minimal"
grep -q '<Counters [^>]* passed="[1-9]' "$WEIR_PROVE_LOGS/$part.trx" || { echo "nothing was played" >&2 && exit 1; }
