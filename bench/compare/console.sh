#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The console's pages over 100,000 cases of a million lines, while flows come in: server time of each page, from the request's
# last octet to the answer's first, 95 of 100 requests below the figure. The cases are made by a generator; traffic is
# `weir lab blast`, whose lines meet more than a million pairs a minute.
#
# Then what 200 viewers of the first page cost: a core's share of the desk's process with them, less that without.
#
# WEIR_CONSOLE_CASES, WEIR_CONSOLE_ASKED, WEIR_CONSOLE_PPS and WEIR_CONSOLE_DIR change number, requests a page, pace and place;
# WEIR_CONSOLE_PAGES asks for these pages alone, WEIR_CONSOLE_VIEWERS and WEIR_CONSOLE_WATCHED change how many look and for how many
# seconds.
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
viewers=${WEIR_CONSOLE_VIEWERS:-200}
watched=${WEIR_CONSOLE_WATCHED:-60}
# A session has eight streams and a user eight sessions: so many viewers are several users.
users=(daemon bin sys mail)
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
    console_sections "$console" "${users[@]}"
} >"$folder/weir.yaml"

say "starting weir serve (log: $folder/serve.log)"
serve_until_ready 180 || fail "weir serve ended, or was not ready within three minutes"

begin=http://localhost:$console
# sign_in COMMAND...: in by a link, as whom the command runs; says the cookie of the session.
sign_in() {
    local link
    link=$("$@" ./weir console link --socket "$control" | grep -o 'http://[^ ]*') || fail "no link"
    curl -fsS -o /dev/null -D - -X POST -H "Origin: $begin" --data-urlencode "code=${link##*code=}" "$begin/sign-in" \
        | sed -n 's/^[Ss]et-[Cc]ookie: \(__Host-weir=[^;]*\).*/\1/p'
}
cookie=$(sign_in)
[ -n "$cookie" ] || fail "nobody was signed in"

./weir lab blast --to "$flows" --pps "$pps" --seconds 3600 >"$folder/blast.log" 2>&1 &
blast=$!

get() { curl -fsS -o "$folder/page.html" -w '%{time_pretransfer} %{time_starttransfer}\n' -H "Cookie: $cookie" "$begin$1"; }
get "/cases" >/dev/null || fail "the queue does not come"
one=$(grep -o '/cases/c-[0-9a-f]\{16\}' "$folder/page.html" | head -n 1)
[ -n "$one" ] || fail "the queue has no case"
: >"$folder/figures.tsv"
pages=(/ '/?wall' /events /exporters /cases '/cases?q=rule:cnc-contact' '/cases?q=endpoint:198.51.100.7:8443/tcp' "$one" \
    /endpoints '/endpoint?endpoint=198.51.100.7:8443/tcp' /compare /blocks /notices /lists /approvals /health /me)
[ -z "${WEIR_CONSOLE_PAGES:-}" ] || read -ra pages <<<"$WEIR_CONSOLE_PAGES"
for page in "${pages[@]}"; do
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

[ "$viewers" -gt 0 ] || exit 0
if [ "$(id -u)" -ne 0 ]; then
    say "viewers are several users, whom root alone can be: they are not measured"
    exit 0
fi
chmod 711 "$run"
for user in "${users[@]}"; do
    for _ in $(seq 1 8); do sign_in setpriv --reuid "$user" --regid 65534 --clear-groups env HOME=/tmp; done
done >"$folder/cookies"
desk=$(pgrep -P "$server" -f -- " desk --config ") || fail "there is no process of the desk"
read -r share given before during after < <(dotnet bench/Weir.Bench/bin/Release/net10.0/Weir.Bench.dll \
    watch-now "$begin" "$folder/cookies" "$viewers" "$desk" "$watched") || fail "the viewers were sent away"
say "$viewers viewers were given $given pages in $watched s; percent of a core before, with them, after: $before, $during, $after"
printf 'console\t%s viewers of Now: share of a core, %s cases\t%s %%\tat most 5 %%\t%s\n' "$viewers" "$cases" "$share" \
    "$(awk -v p="$share" 'BEGIN { print (p <= 5 ? "yes" : "no") }')" | tee -a "$folder/figures.tsv"
