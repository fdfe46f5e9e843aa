# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by who sources this
# Runs the commands of a page of docs as the users that the page says. A block that opens with "```sh USER" is that
# user's; systemctl is done by units.sh, since no systemd runs.
#   run_section PAGE HEADING   every command below "## HEADING" ends with 0

# page_commands PAGE HEADING: lines "USER<tab>COMMAND".
page_commands() {
    awk -v heading="## $2" '
        /^## / { inside = $0 == heading }
        /^```/ && user != "" { user = ""; next }
        /^```sh / && inside { user = $2; next }
        user != "" { print user "\t" $0 }
    ' "$1"
}

page_systemctl() {
    local verb=$1 unit
    shift
    case $verb in
    enable | disable)
        in_root systemctl "$verb" "${@/--now/--quiet}"
        [ "$1" = --now ] || return 0
        shift
        for unit in "$@"; do
            if [ "$verb" = enable ]; then start_unit "$unit"; else stop_unit "$unit"; fi
        done
        wait_ready
        ;;
    start)
        for unit in "$@"; do start_unit "$unit"; done
        wait_ready
        ;;
    stop) for unit in "$@"; do stop_unit "$unit"; done ;;
    reload) for unit in "$@"; do kill -HUP "$(main_pid "$unit")"; done ;;
    *)
        echo "page.sh: systemctl $verb is not known here" >&2
        return 1
        ;;
    esac
}

run_command() {
    local user=$1 command=$2
    case $command in
    systemctl\ *)
        local words
        read -ra words <<<"$command"
        page_systemctl "${words[@]:1}"
        ;;
    *) as_or_root "$user" sh -c "cd /packages && $command" ;;
    esac
}

as_or_root() {
    local user=$1
    shift
    if [ "$user" = root ]; then in_root "$@"; else as "$user" "$@"; fi
}

run_section() {
    local page=$1 heading=$2 user command count=0
    while IFS=$'\t' read -r user command <&3; do
        count=$((count + 1))
        if run_command "$user" "$command" >"$units_logs/command.log" 2>&1; then
            printf 'ok    %-6s %s\n' "$user" "$command"
        else
            printf 'FAIL  %-6s %s (ended with %s)\n' "$user" "$command" "$?"
            cat "$units_logs/command.log"
            return 1
        fi
    done 3< <(page_commands "$page" "$heading")
    [ "$count" -gt 0 ] || { echo "$page has no command below '$heading'" >&2 && return 1; }
}
