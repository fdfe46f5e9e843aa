#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The console in a browser before the real program: in by a link, from the first page to a planned block; by two people
# outside the lab from a case to what BIRD holds, timed and counted in screens; the vault's page of approvals with virtual
# authenticators; pictures of every page in both themes and on a phone in German in artifacts/console, and axe on each.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh
need nginx:nginx
export WEIR_REAL=must
dotnet test tests/Weir.EndToEnd -c Release --filter "FullyQualifiedName~ConsolePages" \
    --results-directory "$WEIR_PROVE_LOGS" --logger "trx;LogFileName=60-console.trx" --logger "console;verbosity=minimal"
grep -q '<Counters [^>]* passed="[1-9]' "$WEIR_PROVE_LOGS/60-console.trx" || { echo "the console was not tried" >&2 && exit 1; }
