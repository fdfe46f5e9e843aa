#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Measures speed and memory: in process, beside nfdump, and live; then prints every figure beside its aim.
# With --write FILE the figures become that page too. Any other arguments are for the benchmark program alone, such as: digest
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
scripts/build.sh
mkdir -p artifacts/bench
quietly artifacts/log/bench-build.log dotnet build bench/Weir.Bench -c Release -v quiet
weir_bench() { dotnet bench/Weir.Bench/bin/Release/net10.0/Weir.Bench.dll "$@"; }

if [ $# -gt 0 ] && [ "$1" != --write ]; then
    weir_bench "$@"
    exit
fi

weir_bench all --rows artifacts/bench/in-process.tsv
bench/compare/run.sh
bench/compare/live.sh
bench/compare/console.sh
say "every figure beside its aim"
weir_bench table artifacts/bench/in-process.tsv artifacts/compare/figures.tsv artifacts/live/figures.tsv artifacts/console-bench/figures.tsv "$@"
