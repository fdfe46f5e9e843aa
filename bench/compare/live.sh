#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The live path under load, on one machine: `weir lab blast` sends NetFlow v9 over loopback to `weir serve`; /metrics tells what
# became of every datagram and flow. Nothing may be lost: received = sent, kernel drops 0, matched and digested = flows sent.
#
# WEIR_LIVE_PPS, WEIR_LIVE_SECONDS and WEIR_LIVE_DIR change its pace, length and place.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh
# shellcheck source=scripts/served.sh
source scripts/served.sh

pps=${WEIR_LIVE_PPS:-40000}
seconds=${WEIR_LIVE_SECONDS:-60}
folder=${WEIR_LIVE_DIR:-artifacts/live}
flows=127.0.0.1:29960
web=127.0.0.1:29961

need curl:curl
[ -x ./weir ] || scripts/build.sh
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
# The path of a socket is short by nature, 107 octets: they lie in a folder of their own.
run=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX")

# Networks and list are those of the simulated provider that the blaster sends for.
./weir lab --out "$folder/provider" --subscribers 20000 --seconds 600 --bots 40 --nets 2 --seed 1 --flows 20000 >"$folder/lab.log" 2>&1
lab_sections bench-c2 "  schedule: every 1h" >"$folder/weir.yaml"

server=""
stop() {
    [ -z "$server" ] || kill -TERM "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    server=""
    rm -rf "$run"
}
trap stop EXIT
trap 'exit 130' INT TERM

serve_until_ready 60 || { cat "$folder/serve.log" >&2 && exit 1; }

# sum NAME LABELS: all samples of a metric whose labels hold that text.
sum() { awk -v name="$1" -v labels="${2:-}" 'index($1, name) == 1 && substr($1, length(name) + 1, 1) ~ /^[{]?$/ && index($1, labels) { total += $2 } END { printf "%.0f", total }' "$folder/metrics.txt"; }
fetch() { curl -fsS -m 10 "http://$web/metrics" >"$folder/metrics.txt"; }

say "weir lab blast sends $pps datagrams a second for $seconds s to weir serve"
./weir lab blast --to "$flows" --pps "$pps" --seconds "$seconds" | tee "$folder/blast.txt"
sent=$(sed -n 's/^sent \([0-9]*\) datagrams.*/\1/p' "$folder/blast.txt")
told=$(sed -n 's/.* \([0-9]*\) flows,.*/\1/p' "$folder/blast.txt")
late=$(sed -n 's/.*; \([0-9]*\) given up late.*/\1/p' "$folder/blast.txt")

# What is on its way when the sender ends is given ten seconds.
for _ in $(seq 1 20); do
    fetch
    [ "$(sum weir_digesting_flows_total)" -ge "$told" ] && break
    sleep 0.5
done
received=$(sum weir_collecting_received_datagrams_total)
dropped=$(sum weir_collecting_kernel_dropped_datagrams_total)
attributed=$(sum weir_attributing_flows_total)
matched=$(sum weir_matching_flows_total)
digested=$(sum weir_digesting_flows_total)
subjects=$(sum weir_attributing_flows_total attributed)
cpu=$(sum weir_process_cpu_seconds_total)

# row WHAT MEASURED AIM OK: a figure beside its aim, as the benchmark's table takes it.
row() { printf 'serve\t%s\t%s\t%s\t%s\n' "$@"; }
met() { [ "$1" -eq "$2" ] && echo yes || echo no; }
{
    row "datagrams received of $sent sent at $((sent / seconds)) a second for $seconds s ($late given up by the sender)" "$received" "$sent" "$(met "$received" "$sent")"
    row "datagrams dropped by the kernel" "$dropped" 0 "$(met "$dropped" 0)"
    row "flows decoded and placed of $told sent ($((told / seconds)) a second)" "$attributed" "$told" "$(met "$attributed" "$told")"
    row "flows of subjects matched" "$matched" "$subjects" "$(met "$matched" "$subjects")"
    row "flows of subjects digested" "$digested" "$subjects" "$(met "$digested" "$subjects")"
    row "processor time of serve and its processes, the engine not included" "$cpu s" "" -
} | tee "$folder/figures.tsv"
