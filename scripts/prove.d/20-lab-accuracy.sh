#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# One run of docs/42-lab-accuracy.md at its full size, from simulation to score: fails where an aim is not met.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
./weir lab --out "$work/lab" --seed 1 >"$work/lab.txt"
./weir analyze "$work/lab/export.pcap" --networks "@$work/lab/networks.txt" --watchlist "$work/lab/watchlist.txt" \
    --profile lab --subscriber-interface 1 --out "$work/report" >"$work/screen.txt"
./weir lab score --truth "$work/lab/truth.json" --report "$work/report/report.json"
