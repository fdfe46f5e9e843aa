# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by who sources this
# What people in their roles can reach beside the commands of the page, and what nobody can. Sourced by 50-package.sh.

# may USER COMMAND... / may_not USER COMMAND...
may() { as "$@" >"$units_logs/command.log" 2>&1 || fail "$1 may not: ${*:2}: $(cat "$units_logs/command.log")"; }
may_not() { ! as "$@" >"$units_logs/command.log" 2>&1 || fail "$1 may: ${*:2}"; }

case_file=$(cases | head -n 1)
scope=$(as ana weir case show "$case_file" --config "$config" -o json | grep -o '"scope": *"s-[0-9a-f]*"' | head -n 1 | grep -o 's-[0-9a-f]*')
may ana weir case evidence "$case_file" --scope "$scope" --config "$config"
may ana weir case comment "$case_file" --text seen --config "$config"
may ana weir status --config "$config"
may petra weir case show "$case_file" --config "$config"
may aud weir case show "$case_file" --config "$config"
may olaf weir case evidence "$case_file" --scope "$scope" --config "$config"
for person in aud adam; do
    may_not "$person" weir case evidence "$case_file" --scope "$scope" --config "$config"
done
may_not adam weir case list --config "$config"

# Nobody enters another's folder, and no process's user sees a case.
for process in "${processes[@]}"; do
    for other in "${people[@]}" weir-collector weir-store weir-desk weir-vault; do
        [ "$other" = "weir-$process" ] || may_not "$other" ls "/var/lib/weir/$process"
    done
    [ "$process" = desk ] || may_not "weir-$process" weir case list --config "$config"
done
