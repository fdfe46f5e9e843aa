#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What make test plays once is played here in its other forms: a run killed or stopped at other moments, a report over a restart,
# a full disk, forged datagrams and orders, a disclosure and a consent from end to end, other exports compared in memory and by
# the store.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
prove_tests Weir.EndToEnd "Run=prove&Part=again"
