#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The main job, live, on a simulated provider: `weir serve` takes flow exports that `weir lab` sends over real UDP from a second
# process, on loopback only. Ends with the report on screen and the console's address, then stops everything it started; with
# DEMO=stay it stays up until Ctrl-C, and prints a link to sign in.
#
# WEIR_DEMO_SUBSCRIBERS, WEIR_DEMO_BOTS, WEIR_DEMO_PPS and WEIR_DEMO_DIR change its size, pace and place; WEIR_DEMO_FLOW_PORT,
# WEIR_DEMO_WEB_PORT and WEIR_DEMO_CONSOLE_PORT its ports.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh
# shellcheck source=scripts/served.sh
source scripts/served.sh

subscribers=${WEIR_DEMO_SUBSCRIBERS:-20000}
bots=${WEIR_DEMO_BOTS:-150}
pps=${WEIR_DEMO_PPS:-6000}
folder=${WEIR_DEMO_DIR:-artifacts/demo}
flows=127.0.0.1:${WEIR_DEMO_FLOW_PORT:-20550}
web=127.0.0.1:${WEIR_DEMO_WEB_PORT:-8080}
console_port=${WEIR_DEMO_CONSOLE_PORT:-8483}
stay=no
[ "${DEMO:-}" != stay ] || stay=yes
# A day that is over: contacts are judged when the flows around them must have come.
start=$(date -u -d "26 hours ago" +%Y-%m-%dT%H:%M:%SZ)
provider=(--subscribers "$subscribers" --bots "$bots" --nets 4 --seed 7 --start "$start")

need curl:curl xz:xz-utils
scripts/build.sh
rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
# The path of a socket is short by nature, 107 octets: they lie in a folder of their own.
run=$(mktemp -d "${TMPDIR:-/tmp}/weir-XXXXXX")
control=$run/control.sock

server=""
stop() {
    if [ -n "$server" ] && kill -0 "$server" 2>/dev/null; then
        kill -TERM "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    server=""
    rm -rf "$run"
}
trap stop EXIT
trap 'exit 130' INT TERM

fail() {
    printf 'make demo: %s\n' "$1" >&2
    [ ! -s "$folder/serve.log" ] || { echo "the last lines of $folder/serve.log:" >&2 && tail -n 25 "$folder/serve.log" >&2; }
    exit 1
}

# The provider's networks and list come from the same seed as its traffic: a small dry run writes them.
say "simulating a provider: $subscribers subscribers, $bots infected"
./weir lab --out "$folder/provider" "${provider[@]}" --flows 20000 >"$folder/lab-dry.log" 2>&1 || fail "the simulator failed, see $folder/lab-dry.log"

{
    lab_sections demo-c2 $'  schedule: every 10s\n  window: 2d' "  active-timeout: 1m"
    echo "digesting:"
    echo "  flush-interval: 5s"
    console_sections "$console_port"
} >"$folder/weir.yaml"
./weir check --config "$folder/weir.yaml" || fail "the demo's own configuration was refused"

say "starting weir serve on $flows (log: $folder/serve.log)"
serve_until_ready 60 || fail "weir serve ended, or was not ready within a minute"

say "a second process sends the provider's flow exports over UDP to $flows"
./weir lab --out "$folder/truth" "${provider[@]}" --to "$flows" --pps "$pps" || fail "the simulator could not send"
sent=$folder/all-sent
touch "$sent"

# Only a report begun after the last datagram tells all: its window must reach beyond the flush, so take the second new one.
say "all sent; waiting for the engine's next run"
first=""
for _ in $(seq 1 300); do
    kill -0 "$server" 2>/dev/null || fail "weir serve ended while it was waited for"
    if [ "$folder/report/report.json" -nt "$sent" ]; then
        [ -n "$first" ] && break
        first=seen
        touch "$sent"
    fi
    sleep 1
done
[ -f "$folder/report/report.json" ] || fail "no report was written within five minutes"
cp "$folder/report/report.json" "$folder/report/report.html" "$folder/"
curl -fsS -m 5 "http://$web/metrics" >"$folder/metrics.txt" || fail "the metrics could not be read"

./weir report show "$folder/report.json" || fail "the report could not be shown"
say "the case files that events opened (./weir case list), the newest first"
./weir case list --socket "$control" >"$folder/cases.txt" || fail "the cases could not be listed"
head -n 15 "$folder/cases.txt"
cat <<END

report    $folder/report.html (for people), $folder/report.json (for programs)
truth     $folder/truth/truth.json (what the simulator really did)
metrics   http://$web/metrics while it runs; the last ones are in $folder/metrics.txt
health    http://$web/healthz
cases     all of them in $folder/cases.txt; every look and act stands in $folder/audit (./weir audit verify --dir $folder/audit)
END

if [ "$stay" = yes ]; then
    link=$(./weir console link --socket "$control" | grep -o 'http://[^ ]*') || fail "no link into the console could be made"
    cat <<END
console   http://localhost:$console_port
sign in   $link
          once, within two minutes; another one: ./weir console link --socket $control

It stays up until Ctrl-C.
END
    trap 'exit 0' INT TERM
    wait "$server" || true
    server=""
    fail "weir serve ended"
fi

echo "console   http://localhost:$console_port while it ran; DEMO=stay make demo keeps it up and prints a link to sign in"
stop
say "stopped; start it again with: ./weir serve --config $folder/weir.yaml"
