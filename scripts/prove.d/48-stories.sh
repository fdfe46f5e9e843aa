#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a flow to what people get of it, with real daemons and kills on the way: a found C&C promoted by two, one cut off in
# namespaces while its lease lasts, a mail to its customer, alerts by every channel, what is shared, processes killed.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
part=$(basename "$0" .sh)
export WEIR_REAL=must
dotnet test tests/Weir.EndToEnd -c Release --filter "Run=prove&(FullyQualifiedName~PromotionTests|FullyQualifiedName~Namespaces|FullyQualifiedName~Notices|FullyQualifiedName~Notifying|FullyQualifiedName~SharingTests|FullyQualifiedName~ProcessKillTests)" \
    --results-directory "$WEIR_PROVE_LOGS" --logger "trx;LogFileName=$part.trx" --logger "console;verbosity=minimal"
grep -q '<Counters [^>]* passed="[1-9]' "$WEIR_PROVE_LOGS/$part.trx" || { echo "nothing was played" >&2 && exit 1; }
