# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# shellcheck disable=SC2154 # set by who sources this
# Starts what a unit starts, where no systemd runs: with its user, groups, capabilities, folders, limits and view of the
# file system. What it cannot apply is named by not_applied.
#   start_unit UNIT / stop_unit UNIT / stop_units / main_pid UNIT / not_applied

declare -A unit_pids=()
# Of those below, what has no meaning for a single start.
units_meaningless='Type|Restart|RestartSec|RestartPreventExitStatus|ExecReload|TimeoutStopSec'
units_applied='ExecStart|ExecStartPre|User|Group|SupplementaryGroups|AmbientCapabilities|CapabilityBoundingSet|StateDirectory|StateDirectoryMode|RuntimeDirectory|RuntimeDirectoryMode|UMask|LimitNOFILE|LimitCORE|NoNewPrivileges|ProtectSystem|ProtectHome|ProtectProc|PrivateTmp|ProtectKernelTunables'

unit_file() { printf '%s/usr/lib/systemd/system/%s.service' "$root" "$1"; }

# setting UNIT KEY: its value; nothing where it is not set.
setting() { sed -n "s/^$2=//p" "$(unit_file "$1")"; }

# capabilities WORDS: as setpriv wants them, on top of none.
capabilities() {
    local word text=-all
    for word in $1; do
        word=${word#CAP_}
        text+=,+${word,,}
    done
    printf '%s' "$text"
}

# unit_folder UNIT KIND BASE: makes StateDirectory or RuntimeDirectory, and prints its path.
unit_folder() {
    local name path
    name=$(setting "$1" "${2}Directory")
    [ -n "$name" ] || return 0
    path=$3/$name
    in_root mkdir -p "$path"
    in_root chown "$(setting "$1" User):$(setting "$1" Group)" "$path"
    in_root chmod "$(setting "$1" "${2}DirectoryMode")" "$path"
    printf '%s ' "$path"
}

# What a unit's processes see: one folder that can be written, no homes, no other user's processes.
# shellcheck disable=SC2016 # it is run inside
unit_view='
set -e
root=$1 folders=$2 files=$3 mask=$4
shift 4
mount --make-rprivate /
mount --rbind "$root" "$root"
mount -o remount,bind,ro "$root"
for folder in $folders; do
    mount --bind "$root$folder" "$root$folder"
    mount -o remount,bind,rw "$root$folder"
done
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=000 tmpfs "$root/home"
mount -t tmpfs -o mode=000 tmpfs "$root/root"
mount -t proc -o hidepid=invisible proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
ulimit -n "$files" 2>/dev/null || ulimit -n "$(ulimit -Hn)"
ulimit -c 0
umask "$mask"
exec chroot "$root" "$@"
'

# run_as_unit UNIT COMMAND: in place of this shell.
run_as_unit() {
    local unit=$1 folders words
    folders="$(unit_folder "$unit" State /var/lib)$(unit_folder "$unit" Runtime /run)"
    read -ra words <<<"$2"
    exec "${clean[@]}" ip netns exec "$root_net" unshare --mount bash -c "$unit_view" view "$root" "$folders" \
        "$(setting "$unit" LimitNOFILE)" "$(setting "$unit" UMask)" \
        setpriv --reuid "$(setting "$unit" User)" --regid "$(setting "$unit" Group)" \
        --groups "$(setting "$unit" SupplementaryGroups)" --no-new-privs \
        --bounding-set "$(capabilities "$(setting "$unit" CapabilityBoundingSet)")" \
        --inh-caps "$(capabilities "$(setting "$unit" AmbientCapabilities)")" \
        --ambient-caps "$(capabilities "$(setting "$unit" AmbientCapabilities)")" -- \
        "${words[@]}"
}

unit_log() { printf '%s/%s.log' "$units_logs" "$1"; }

start_unit() {
    local unit=${1%.service}
    (run_as_unit "$unit" "$(setting "$unit" ExecStartPre)") >>"$(unit_log "$unit")" 2>&1
    (run_as_unit "$unit" "$(setting "$unit" ExecStart)") >>"$(unit_log "$unit")" 2>&1 &
    unit_pids[$unit]=$!
}

main_pid() { printf '%s' "${unit_pids[${1%.service}]:-}"; }

is_running() { [ -n "$(main_pid "$1")" ] && kill -0 "$(main_pid "$1")" 2>/dev/null; }

# stop_unit UNIT: as systemd does, SIGTERM and, after its time, SIGKILL, which fails.
stop_unit() {
    local unit=${1%.service} pid code=0 killer
    pid=$(main_pid "$unit")
    [ -n "$pid" ] || return 0
    kill -TERM "$pid" 2>/dev/null || true
    (sleep "$(setting "$unit" TimeoutStopSec)" && kill -KILL "$pid") 2>/dev/null &
    killer=$!
    wait "$pid" || code=$?
    kill "$killer" 2>/dev/null || true
    wait "$killer" 2>/dev/null || true
    unset "unit_pids[$unit]"
    [ "$code" -eq 0 ] || say "$unit ended with $code"
    return "$code"
}

stop_units() {
    local unit
    for unit in weir-collector weir-desk weir-store weir-vault; do
        stop_unit "$unit" || true
    done
}

# not_applied: settings of the units that no setpriv and no mount can stand for.
not_applied() {
    local file files
    for file in "$root"/usr/lib/systemd/system/weir-*.service; do
        sed -n '/^\[Service\]/,/^\[Install\]/s/^\([A-Z][A-Za-z]*\)=.*/\1/p' "$file"
        files=$(sed -n 's/^LimitNOFILE=//p' "$file")
        [ "$(ulimit -Hn)" = unlimited ] || [ "$files" -le "$(ulimit -Hn)" ] || echo "LimitNOFILE=$files"
    done | sort -u | grep -vxE "$units_applied|$units_meaningless" | paste -sd' '
}
