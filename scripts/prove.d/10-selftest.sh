#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The program examines itself as built: the worked examples of the rules of looking, then the labelled runs.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
./weir selftest --rules
./weir selftest
