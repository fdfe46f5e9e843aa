# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # folder, run, flows, web and server are of who sources this
# Sourced by what runs `weir serve` on a simulated provider: the configuration that all have alike, and its start.

# lab_sections LIST COMPARING [DECODING]: sections of the simulated provider in $folder/provider. LIST is its watchlist's name,
# COMPARING and DECODING are lines of these sections.
lab_sections() {
    echo "profile: lab"
    echo "processes:"
    echo "  dir: \"$folder/weir\""
    echo "  run-dir: \"$run\""
    echo "collecting:"
    echo "  listen: [\"$flows\"]"
    echo "decoding:"
    [ -z "${3:-}" ] || echo "$3"
    echo "  template-file: \"$folder/templates\""
    echo "attributing:"
    echo "  networks:"
    grep -v -e '^#' -e '^[[:space:]]*$' "$folder/provider/networks.txt" | sed 's/^\([^[:space:]]*\).*/    - prefix: "\1"/'
    echo "matching:"
    echo "  lists:"
    echo "    - name: $1"
    echo "      path: \"$folder/provider/watchlist.txt\""
    echo "comparing:"
    echo "$2"
    echo "store:"
    echo "  embedded: \"$folder/flows\""
    echo "  spool: \"$folder/spool\""
    echo "auditing:"
    echo "  dir: \"$folder/audit\""
    echo "evidence:"
    echo "  ring-dir: \"$folder/ring\""
    echo "cases:"
    echo "  dir: \"$folder/cases\""
    echo "control:"
    echo "  socket: \"$run/control.sock\""
    echo "report:"
    echo "  dir: \"$folder/report\""
    echo "web:"
    echo "  listen: \"$web\""
}

# console_sections PORT [USER...]: the console, for who runs this and these.
console_sections() {
    echo "access:"
    echo "  analysts: [\"$(id -un)\"$([ $# -eq 1 ] || printf ', "%s"' "${@:2}")]"
    echo "console:"
    echo "  enabled: true"
    echo "  listen: \"127.0.0.1:$1\""
}

# serve_until_ready SECONDS: starts it by $folder/weir.yaml, its number in $server; fails where it ends or is not ready by then.
serve_until_ready() {
    local end=$((SECONDS + $1))
    ./weir serve --config "$folder/weir.yaml" >"$folder/serve.log" 2>&1 &
    server=$!
    until curl -fsS -m 2 "http://$web/readyz" >/dev/null 2>&1; do
        kill -0 "$server" 2>/dev/null && [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.5
    done
}
