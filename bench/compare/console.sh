#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The console's pages over 100,000 cases of a million lines, while flows come in: server time of each page, from the request's
# last octet to the answer's first, 95 of 100 requests below the figure. The cases are made by a generator; traffic is
# `weir lab blast`, whose lines meet more than a million pairs a minute.
#
# WEIR_CONSOLE_CASES, WEIR_CONSOLE_ASKED, WEIR_CONSOLE_PPS and WEIR_CONSOLE_DIR change number, requests a page, pace and place.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../../scripts/place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh
# shellcheck source=scripts/served.sh
source scripts/served.sh

cases=${WEIR_CONSOLE_CASES:-100000}
asked=${WEIR_CONSOLE_ASKED:-100}
pps=${WEIR_CONSOLE_PPS:-2000}
folder=${WEIR_CONSOLE_DIR:-artifacts/console-bench}
flows=127.0.0.1:29970
web=127.0.0.1:29971
console=29972

need curl:curl
[ -x ./weir ] || scripts/build.sh
[ -f bench/Weir.Bench/bin/Release/net10.0/Weir.Bench.dll ] \
    || quietly artifacts/log/bench-build.log dotnet build bench/Weir.Bench -c Release -v quiet
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
# The path of a socket is short by nature, 107 octets: they lie in a folder of their own.
run=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX")
control=$run/control.sock

server="" blast=""
stop() {
    [ -z "$blast" ] || kill "$blast" 2>/dev/null || true
    [ -z "$server" ] || { kill -TERM "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
    rm -rf "$run"
}
trap stop EXIT
trap 'exit 130' INT TERM
fail() {
    printf 'console.sh: %s\n' "$1" >&2
    tail -n 25 "$folder/serve.log" >&2 2>/dev/null || true
    exit 1
}

say "making $cases cases"
made=$(dotnet bench/Weir.Bench/bin/Release/net10.0/Weir.Bench.dll fill-cases "$folder/cases" "$cases")
[ "$made" = "$cases" ] || fail "the generator made $made cases"
mv "$folder/cases/audit" "$folder/audit"

./weir lab --out "$folder/provider" --subscribers 20000 --seconds 600 --bots 40 --nets 2 --seed 1 --flows 20000 >"$folder/lab.log" 2>&1
{
    lab_sections bench-c2 "  schedule: every 1h"
    console_sections "$console"
} >"$folder/weir.yaml"

say "starting weir serve (log: $folder/serve.log)"
serve_until_ready 180 || fail "weir serve ended, or was not ready within three minutes"

# In by a link; the cookie is this session's.
begin=http://localhost:$console
link=$(./weir console link --socket "$control" | grep -o 'http://[^ ]*') || fail "no link"
code=${link##*code=}
cookie=$(curl -fsS -o /dev/null -D - -X POST -H "Origin: $begin" --data-urlencode "code=$code" "$begin/sign-in" \
    | sed -n 's/^[Ss]et-[Cc]ookie: \(__Host-weir=[^;]*\).*/\1/p')
[ -n "$cookie" ] || fail "nobody was signed in"

./weir lab blast --to "$flows" --pps "$pps" --seconds 3600 >"$folder/blast.log" 2>&1 &
blast=$!

get() { curl -fsS -o "$folder/page.html" -w '%{time_pretransfer} %{time_starttransfer}\n' -H "Cookie: $cookie" "$begin$1"; }
get "/cases" >/dev/null || fail "the queue does not come"
one=$(grep -o '/cases/c-[0-9a-f]\{16\}' "$folder/page.html" | head -n 1)
[ -n "$one" ] || fail "the queue has no case"
: >"$folder/figures.tsv"
for page in / '/?wall' /events /exporters /cases '/cases?q=rule:cnc-contact' '/cases?q=endpoint:198.51.100.7:8443/tcp' "$one" \
    /endpoints '/endpoint?endpoint=198.51.100.7:8443/tcp' /compare /blocks /notices /lists /approvals /health /me; do
    for _ in $(seq 1 5); do get "$page" >/dev/null || fail "$page does not come"; done
    for _ in $(seq 1 "$asked"); do
        get "$page" || fail "$page does not come"
        sleep 0.06 # a session has 20 a second
    done | awk '{ printf "%.1f\n", 1000 * ($2 - $1) }' | sort -n >"$folder/times"
    p95=$(sed -n "$(((asked * 95 + 99) / 100))p" "$folder/times")
    name=${page/$one/a case}
    printf 'console\tserver time of %s, 95 of 100 below, %s cases\t%s ms\tat most 100 ms\t%s\n' "$name" "$cases" "$p95" \
        "$(awk -v p="$p95" 'BEGIN { print (p <= 100 ? "yes" : "no") }')" | tee -a "$folder/figures.tsv"
done
