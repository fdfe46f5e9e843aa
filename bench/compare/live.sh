#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The live path under load, on one machine: `weir lab blast` sends NetFlow v9 over loopback to `weir serve`. The datagrams are
# those of a simulated provider, none of them twice, so that pairs are as many and as popular as a provider's: a ring of few
# datagrams stays in caches and gives the store nothing to do. /metrics tells what became of every datagram and flow, from the
# first one; the kernel tells what each process cost, the store's engine among them, until all that came is stored and the engine rests.
#
# WEIR_LIVE_PPS, WEIR_LIVE_SECONDS, WEIR_LIVE_SUBSCRIBERS and WEIR_LIVE_DIR change its pace, length, lines and place.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh
# shellcheck source=scripts/served.sh
source scripts/served.sh

pps=${WEIR_LIVE_PPS:-40000}
seconds=${WEIR_LIVE_SECONDS:-60}
subscribers=${WEIR_LIVE_SUBSCRIBERS:-100000}
folder=${WEIR_LIVE_DIR:-artifacts/live}
flows=127.0.0.1:29960
web=127.0.0.1:29961

need curl:curl pgrep:procps
[ -x ./weir ] || scripts/build.sh
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
# The path of a socket is short by nature, 107 octets: they lie in a folder of their own.
run=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX")

# Networks and list are those of the simulated provider that the blaster sends for.
./weir lab --out "$folder/provider" --subscribers "$subscribers" --seconds 600 --seed 1 --flows 20000 >"$folder/lab.log" 2>&1
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
fail() {
    printf 'live.sh: %s\n' "$1" >&2
    tail -n 25 "$folder/serve.log" >&2
    exit 1
}

serve_until_ready 60 || fail "weir serve ended, or was not ready within a minute"

# process NAME: the number of one of the processes under weir serve; its command line says which.
process() { pgrep -P "$server" -f -- " $1 --config " || fail "there is no process of the $1"; }
collector=$(process collector)
store=$(process store)
desk=$(process desk)
vault=$(pgrep -P "$server" -f -- " vault --config " || true) # the lab profile names lines in clear and may do without
engine=$(pgrep -P "$store") || fail "the store has no engine"

# spent PID...: processor seconds of processes so far, user and system.
spent() {
    local pid total=0
    for pid in "$@"; do
        # Behind the name, which may hold anything: utime and stime are the 12th and 13th.
        total=$((total + $(sed 's/.*) //' "/proc/$pid/stat" | awk '{ print $12 + $13 }')))
    done
    awk -v t="$total" -v hz="$(getconf CLK_TCK)" 'BEGIN { printf "%.2f", t / hz }'
}
# sum NAME LABELS: all samples of a metric whose labels hold that text.
sum() { awk -v name="$1" -v labels="${2:-}" 'index($1, name) == 1 && substr($1, length(name) + 1, 1) ~ /^[{]?$/ && index($1, labels) { total += $2 } END { printf "%.0f", total }' "$folder/metrics.txt"; }
fetch() { curl -fsS -m 10 "http://$web/metrics" >"$folder/metrics.txt"; }

# costs: processor seconds so far of each part, the engine being the store's, in this order.
# shellcheck disable=SC2086 # there may be no vault
costs() { echo "$(spent "$collector") $(spent "$store" "$engine") $(spent "$desk") $(spent $vault) $(spent "$server")"; }
before=$(costs)

say "weir lab blast sends $pps datagrams a second for $seconds s to weir serve"
./weir lab blast --to "$flows" --pps "$pps" --seconds "$seconds" --subscribers "$subscribers" | tee "$folder/blast.txt"
sent=$(sed -n 's/^sent \([0-9]*\) datagrams.*/\1/p' "$folder/blast.txt")
told=$(sed -n 's/.* \([0-9]*\) flows,.*/\1/p' "$folder/blast.txt")
late=$(sed -n 's/.*; \([0-9]*\) given up late.*/\1/p' "$folder/blast.txt")
own=$(sed -n "s/.*own processor time: \([0-9.]*\) s.*/\1/p" "$folder/blast.txt")

# What is on its way when the sender ends is digested within seconds, written within a flush interval, a minute, and loaded then.
stored() {
    fetch
    [ "$(sum weir_digesting_pairs_held)" -eq 0 ] && [ "$(sum weir_spool_segments_waiting)" -eq 0 ] \
        && [ "$(sum weir_spool_rows_loaded)" -ge "$(sum weir_spool_rows_written)" ]
}
end=$((SECONDS + 180))
until stored; do
    [ "$SECONDS" -lt "$end" ] || fail "what came is not in the store after three minutes"
    sleep 1
done
# Merging what was inserted is the store's work as well: until it uses less than a twentieth of a processor for five seconds.
end=$((SECONDS + 120))
now=$(spent "$store" "$engine")
while sleep 5; do
    last=$now now=$(spent "$store" "$engine")
    awk -v a="$last" -v b="$now" 'BEGIN { exit !(b - a < 0.25) }' && break
    [ "$SECONDS" -lt "$end" ] || break
done
read -r collecting storing deciding naming supervising < <(paste -d ' ' <(tr ' ' '\n' <<<"$before") <(costs | tr ' ' '\n') \
    | awk '{ printf "%.2f ", $2 - $1 } END { print "" }')

received=$(sum weir_collecting_received_datagrams_total)
dropped=$(sum weir_collecting_kernel_dropped_datagrams_total)
attributed=$(sum weir_attributing_flows_total)
matched=$(sum weir_matching_flows_total)
digested=$(sum weir_digesting_flows_total)
subjects=$(sum weir_attributing_flows_total attributed)
rows=$(sum weir_digesting_rows_total)

# row WHAT MEASURED AIM OK: a figure beside its aim, as the benchmark's table takes it.
row() { printf 'serve\t%s\t%s\t%s\t%s\n' "$@"; }
met() { [ "$1" -eq "$2" ] && echo yes || echo no; }
# A flow's share of processor seconds, in nanoseconds; flows that were lost share nothing.
each() { awk -v s="$1" -v n="$attributed" 'BEGIN { printf "%.0f", s * 1e9 / n }'; }
most() { [ "$1" -le "$2" ] && echo yes || echo no; }
{
    row "datagrams lost of $sent sent at $((sent / seconds)) a second for $seconds s, from the first one, none twice, $subscribers lines ($late given up by the sender)" \
        "$((sent - received))" 0 "$(met "$received" "$sent")"
    row "datagrams dropped by the kernel" "$dropped" 0 "$(met "$dropped" 0)"
    row "flows decoded and placed of $told sent ($((told / seconds)) a second)" "$attributed" "$told" "$(met "$attributed" "$told")"
    row "flows of subjects matched" "$matched" "$subjects" "$(met "$matched" "$subjects")"
    row "flows of subjects digested" "$digested" "$subjects" "$(met "$digested" "$subjects")"
    row "rows of the store for 1,000 flows" "$(awk -v r="$rows" -v n="$attributed" 'BEGIN { printf "%.0f", r * 1000 / n }')" "" -
    row "processor time of the collector a flow ($collecting s)" "$(each "$collecting") ns" "at most 300 ns" "$(most "$(each "$collecting")" 300)"
    row "processor time of the store and its engine a flow ($storing s), merging among it" "$(each "$storing") ns" "at most 200 ns" "$(most "$(each "$storing")" 200)"
    row "processor time of the desk a flow ($deciding s)" "$(each "$deciding") ns" "" -
    row "processor time of the vault and of weir serve itself a flow ($naming s and $supervising s)" "$(each "$(awk -v a="$naming" -v b="$supervising" 'BEGIN { print a + b }')") ns" "" -
    row "processor time of the sender, not weir's, a flow ($own s)" "$(each "$own") ns" "" -
} | tee "$folder/figures.tsv"
