#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Writes a simulated provider's traffic and the truth beside it. Arguments go to `weir lab`.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
[ -x ./weir ] || scripts/build.sh
exec ./weir lab --out artifacts/lab "$@"
