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
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
need nginx:nginx
prove_tests Weir.EndToEnd "FullyQualifiedName~ConsolePages"
