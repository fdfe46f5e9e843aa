#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures speed and memory. Arguments go to the benchmark program.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
scripts/build.sh
dotnet run -c Release --project bench/Weir.Bench -v quiet -- "$@"
if [ -x bench/compare/run.sh ]; then
    bench/compare/run.sh
fi
