#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# From a flow to what people get of it, with real daemons and kills on the way: a found C&C promoted by two, one cut off in
# namespaces while its lease lasts, a mail to its customer, alerts by every channel, what is shared, processes killed.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
prove_tests Weir.EndToEnd "Run=prove&Part=stories"
