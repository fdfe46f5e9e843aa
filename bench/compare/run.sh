#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Weir beside nfdump on the same simulated flows, in one run: CPU seconds and peak memory of whole processes.
#
#   nfcapd takes the exports over UDP + nfdump answers "who contacted the list" + nfdump sums per destination and port
#   against  weir analyze  on the same exports, which answers both and compares.
#
# The ratio that counts is against that chain at its cheapest, where nfdump sums and prints nothing (-o null): weir prints no sums
# either. What it is with the sums printed as text, which costs nfdump most of its time, stands beside it without an aim.
#
# WEIR_COMPARE_FLOWS, WEIR_COMPARE_SUBSCRIBERS, WEIR_COMPARE_PPS and WEIR_COMPARE_DIR change its size, pace and place.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh

flows=${WEIR_COMPARE_FLOWS:-10000000}
subscribers=${WEIR_COMPARE_SUBSCRIBERS:-100000}
pps=${WEIR_COMPARE_PPS:-15000}
folder=${WEIR_COMPARE_DIR:-artifacts/compare}
port=29950

need nfcapd:nfdump nfdump:nfdump /usr/bin/time:time
[ -x ./weir ] || scripts/build.sh
rm -rf "$folder"
mkdir -p "$folder/nfcapd"

# timed NAME COMMAND...: user, system and wall seconds and peak KiB into NAME.time
timed() {
    local name=$1
    shift
    /usr/bin/time -f '%U %S %e %M' -o "$folder/$name.time" "$@"
}
figure() { tail -n 1 "$folder/$1.time" | awk -v column="$2" '{ print column == "cpu" ? $1 + $2 : $column }'; }

say "simulating $subscribers subscribers, $flows flow records, NetFlow v9, a list of 5,000 entries"
./weir lab --out "$folder/lab" --subscribers "$subscribers" --flows "$flows" --list-entries 5000 --seed 1 --protocol v9 >"$folder/lab.log"

sent=$(grep -o '^[0-9]* flows' "$folder/lab.log" | grep -o '^[0-9]*')

# A collector that lost flows would have had less to do: slower until it stored them all.
for try in 1 2 3; do
    say "nfcapd takes them at $pps datagrams a second"
    rm -rf "$folder/nfcapd"
    mkdir -p "$folder/nfcapd"
    /usr/bin/time -f '%U %S %e %M' -o "$folder/nfcapd.time" nfcapd -b 127.0.0.1 -p "$port" -w "$folder/nfcapd" -B 100000000 -t 86400 >"$folder/nfcapd.log" 2>&1 &
    clock=$!
    sleep 1
    ./weir replay "$folder/lab/export.pcap" --to "127.0.0.1:$port" --pps "$pps" >"$folder/replay.log"
    sleep 2
    pkill -INT -P "$clock" nfcapd
    wait "$clock" || true
    stored=$(nfdump -R "$folder/nfcapd" -I 2>/dev/null | awk '/^Flows:/ { print $2 }')
    if [ "$stored" -ge "$sent" ] || [ "$try" -eq 3 ]; then
        break
    fi
    say "it stored $stored of $sent flows; again, slower"
    pps=$((pps / 2))
done

say "nfdump answers the list question"
{
    echo 'ip in ['
    grep -v -e '^#' -e '^$' "$folder/lab/watchlist.txt" | sed -E 's/^\[?([0-9a-fA-F.:]+)\]?:[0-9]+.*$/\1/; s/[[:space:]].*$//' | grep -F . | sort -u
    echo ']'
} >"$folder/list.filter"
timed nfdump-list nfdump -R "$folder/nfcapd" -q -o csv -f "$folder/list.filter" >"$folder/nfdump-list.csv" 2>"$folder/nfdump-list.log"

say "nfdump sums per destination and port, without printing and with"
timed nfdump-sums nfdump -R "$folder/nfcapd" -q -A dstip,dstport -o null >"$folder/nfdump-sums.txt" 2>&1
timed nfdump-print nfdump -R "$folder/nfcapd" -q -A dstip,dstport -o csv >"$folder/nfdump-print.csv" 2>"$folder/nfdump-print.log"

say "weir analyze on the same exports"
timed weir ./weir analyze "$folder/lab/export.pcap" --networks "@$folder/lab/networks.txt" --watchlist "$folder/lab/watchlist.txt" \
    --profile lab --out "$folder/report" >"$folder/weir.log"

field() { grep -o "\"$1\": *[0-9]*" "$folder/report/report.json" | head -n 1 | grep -o '[0-9]*$'; }
read=$(field read)
memory=$(field peakMemoryBytes)
total() { awk -v a="$(figure nfcapd cpu)" -v b="$(figure nfdump-list cpu)" -v c="$(figure "$1" cpu)" 'BEGIN { printf "%.2f", a + b + c }'; }
theirs=$(total nfdump-sums)
printed=$(total nfdump-print)
ours=$(figure weir cpu)
ratio() { awk -v a="$ours" -v b="$1" 'BEGIN { printf "%.2f", a / b }'; }
{
    printf '%-34s %10s %10s %12s\n' program 'CPU s' 'wall s' 'peak MiB'
    for name in nfcapd nfdump-list nfdump-sums nfdump-print weir; do
        printf '%-34s %10s %10s %12s\n' "$name" "$(figure "$name" cpu)" "$(figure "$name" 3)" "$(awk -v k="$(figure "$name" 4)" 'BEGIN { printf "%.0f", k / 1024 }')"
    done
    printf 'flows: %s sent, nfcapd stored %s, weir read %s\n' "$sent" "$stored" "$read"
    printf 'CPU of nfcapd + nfdump list + nfdump sums: %s s, with the sums printed %s s; of weir and its store: %s s\n' "$theirs" "$printed" "$ours"
} | tee "$folder/compare.txt"

# row WHAT MEASURED AIM OK: a figure beside its aim, as the benchmark's table takes it.
row() { printf 'analyze\t%s\t%s\t%s\t%s\n' "$@"; }
most() { awk -v a="$1" -v b="$2" 'BEGIN { print (a <= b ? "yes" : "no") }'; }
size="$(awk -v n="$sent" 'BEGIN { printf "%.1f", n / 1e6 }') M v9 flows, $subscribers lines, 5,000 entries"
# 1 GiB for ten million flows, 2 GiB for twenty-five.
room=$((sent <= 11000000 ? 1024 : 2048))
share=$(ratio "$theirs")
{
    row "flows nfcapd stored of $sent sent" "$stored" "$sent" "$([ "$stored" -eq "$sent" ] && echo yes || echo no)"
    row "flows weir read" "$read" "$sent" "$([ "$read" -eq "$sent" ] && echo yes || echo no)"
    row "processor time of nfcapd + nfdump list + nfdump -A dstip,dstport -o null, $size" "$theirs s" "" -
    row "processor time of weir and its store on the same" "$ours s" "" -
    row "... as a share of nfcapd + nfdump list + nfdump -A -o null" "$share" "at most 0.6" "$(most "$share" 0.6)"
    row "... where nfdump prints its sums as text ($printed s)" "$(ratio "$printed")" "" -
    row "peak memory of weir and its store, each at its own peak" "$((memory / 1048576)) MiB" "at most $room MiB" "$(most "$((memory / 1048576))" "$room")"
} >"$folder/figures.tsv"
