#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Debian packages in a fresh Debian: installed, started as four users with what the units give them, used by people
# in their roles as docs/10-install.md says, reloaded under traffic, backed up and restored as docs/12-backup.md says,
# upgraded with data, removed, purged. Needs root and Debian's archive. WEIR_PACKAGES=DIR takes packages that are built.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh
# shellcheck source=scripts/package/root.sh
source scripts/package/root.sh
# shellcheck source=scripts/package/units.sh
source scripts/package/units.sh
# shellcheck source=scripts/package/page.sh
source scripts/package/page.sh

[ "$(id -u)" -eq 0 ] || { echo "50-package: needs root, for a root of its own" >&2 && exit 1; }
need debootstrap:debootstrap ip:iproute2 setpriv:util-linux curl:curl
page=docs/10-install.md
config=/etc/weir/weir.yaml
processes=(collector store desk vault)
people=(ana olaf petra aud adam)
packages=${WEIR_PACKAGES:-artifacts/deb}
units_logs=${WEIR_PROVE_LOGS:-artifacts/prove}/package
rm -rf "$units_logs"
mkdir -p "$units_logs"
[ -n "${WEIR_PACKAGES:-}" ] || { rm -f artifacts/deb/*.deb && scripts/deb.sh; }

work=$(mktemp -d)
finish() {
    stop_root
    rm -rf --one-file-system "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

fail() {
    echo "50-package: $1" >&2
    tail -n 15 "$units_logs"/weir-*.log >&2 || true
    exit 1
}

# until_so SECONDS WHAT COMMAND...: asks twice a second.
until_so() {
    local end=$((SECONDS + $1)) what=$2
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$end" ] || fail "$what did not come true"
        sleep 0.5
    done
}

wait_ready() {
    local port
    for port in 9464 9462 8080 9461; do
        until_so 90 "http://127.0.0.1:$port/readyz is 200" in_root curl -fsS "http://127.0.0.1:$port/readyz"
    done
}

# metric PORT NAME: the sum over its labels.
metric() {
    in_root curl -fsS "http://127.0.0.1:$1/metrics" | awk -v name="$2" '$1 == name || index($1, name "{") == 1 { sum += $2 } END { printf "%d\n", sum }'
}

# cases: their numbers, one a line.
cases() { as ana weir case list --config "$config" -o json 2>/dev/null | grep -o '"c-[0-9a-f]\{16\}"' | tr -d '"' | sort -u; }
has_cases() { [ -n "$(cases)" ]; }
reads_all() { [ "$(metric 9461 weir_collecting_received_datagrams_total)" -ge "$1" ]; }

# send FOLDER OPTION...: a provider's exports over UDP; prints how many datagrams.
send() {
    local folder=$1
    shift
    as ana weir lab --out "/tmp/$folder" "${provider[@]}" --to 127.0.0.1:2055 "$@" >"$units_logs/$folder.log" 2>&1
    grep -o '"datagrams": *[0-9]*' "$root/tmp/$folder/truth.json" | grep -o '[0-9]*$'
}

say "a fresh Debian"
make_root "$work/root"
for person in "${people[@]}"; do in_root useradd --create-home "$person"; done
install -d "$root/packages"
cp "$packages"/*.deb "$root/packages/"
in_root sh -c '! command -v dotnet'
find "$root" -xdev -not -path "$root/tmp/*" | sort >"$work/before"

say "installing"
run_section "$page" Install
for process in "${processes[@]}"; do
    [ "$(in_root stat -c '%a %U %G' "/var/lib/weir/$process")" = "700 weir-$process weir-$process" ] ||
        fail "/var/lib/weir/$process is not its process's alone"
done
[ "$(in_root stat -c '%a %U' /etc/weir/weir.yaml /etc/weir/public-keys | sort -u)" = "644 root" ] || fail "/etc/weir is not root's to write alone"
[ "$(grep -c ed25519 "$root/etc/weir/public-keys")" -eq 3 ] || fail "not every key is listed"
in_root man -w weir >/dev/null || fail "there is no weir(1)"
in_root bash -ic 'source /usr/share/bash-completion/bash_completion; _completion_loader weir; complete -p weir' >/dev/null 2>&1 || fail "bash does not complete"
in_root sh -c 'install -d /var/log/weir && echo line >/var/log/weir/desk.log && logrotate --force --state /tmp/rotated /etc/logrotate.d/weir && test -s /var/log/weir/desk.log.1.gz' || fail "logrotate does not rotate"
in_root sh -c 'systemd-analyze verify /usr/lib/systemd/system/weir-*.service 2>&1 | grep weir' && fail "systemd finds something in a unit"
in_root sh -c 'find /usr/lib/weir /usr/bin/weir -perm /022 -not -type l' | grep . && fail "others may write the program"

say "configuring"
provider=(--subscribers 1000 --bots 40 --nets 2 --seed 7 --seconds 7200 --list-entries 200 --start "$(date -u -d '3 hours ago' +%Y-%m-%dT%H:%M:%SZ)")
as ana weir lab --out /tmp/provider "${provider[@]}" --flows 1000 >"$units_logs/provider.log" 2>&1
install -m 0644 "$root/tmp/provider/watchlist.txt" "$root/etc/weir/watchlist.txt"
{
    sed '/^# From here on: yours/,$d; s/^decoding:/decoding:\n  active-timeout: 2s/; s/^evidence:/evidence:\n  ring-size: 64MiB\n  flush-interval: 1s/' "$root$config"
    printf '# From here on: yours.\n'
    awk '/^```yaml/ { inside = 1; next } /^```/ { inside = 0 } inside' "$page"
    printf 'collecting:\n  listen: ["127.0.0.1:2055"]\nattributing:\n  networks:\n'
    sed -n 's/^\([^#[:space:]][^[:space:]]*\).*/    - prefix: "\1"/p' "$root/tmp/provider/networks.txt"
    printf 'matching:\n  lists:\n    - name: test-c2\n      path: /etc/weir/watchlist.txt\ndigesting:\n  flush-interval: 1s\ncomparing:\n  schedule: every 10s\n'
} >"$work/weir.yaml"
cp "$work/weir.yaml" "$root$config"
run_section "$page" Configure
# Routers are believed after ten minutes, and what a first load of a list brings waits: two hours of traffic in half a minute do not.
sed "s/'collecting:\\\\n/'brake:\\\\n  lines: 1000\\\\n  new-lines: 1000\\\\n  settles: 0s\\\\ncollecting:\\\\n  corroborated-after: 0s\\\\n/" "$page" >"$work/page.md"
run_section "$work/page.md" People

say "starting; not applied: $(not_applied)"
run_section "$page" Start
sent=$(send sent --pps 3000)
until_so 120 "every datagram of $sent is received" reads_all "$sent"
until_so 120 "an analyst sees a case" has_cases

say "people in their roles"
run_section "$page" "Who does what"
# shellcheck source=scripts/package/roles.sh
source scripts/package/roles.sh

say "reloading under traffic"
before=$(metric 9461 weir_collecting_received_datagrams_total)
send again --pps 5000 >"$work/again" &
sending=$!
until_so 60 "traffic flows" reads_all $((before + 1000))
run_section "$page" "Changes without a stop"
wait "$sending"
until_so 60 "no datagram is lost" reads_all $((before + $(cat "$work/again")))

say "backing up and restoring"
kept=$(cases)
run_section docs/12-backup.md "Make one"
in_root sh -c 'stat -c %a:%U /var/backups/weir/*/*.backup' | sort | paste -sd' ' | grep -qx '600:weir-collector 600:weir-desk 600:weir-store 600:weir-vault' ||
    fail "a backup is not its process's alone"
in_root tar -tzf /var/backups/weir/vault/monday.backup | grep -E 'epoch|cohort|cases/' && fail "a key that is erased is in a backup"
run_section docs/12-backup.md Restore
[ "$kept" = "$(cases)" ] || fail "cases changed with the restore"
in_root weir audit verify --dir /var/lib/weir/desk/audit >"$units_logs/verify.log" || fail "the record does not hold: $(cat "$units_logs/verify.log")"

say "upgrading with data"
keys=$(cat "$root/etc/weir/public-keys")
stop_units
dpkg-deb --raw-extract "$root"/packages/weir_*.deb "$work/next"
sed -i 's/^Version: .*/&+next1/' "$work/next/DEBIAN/control"
dpkg-deb --root-owner-group -Znone --build "$work/next" "$root/packages/next.deb" >/dev/null
in_root dpkg -i /packages/next.deb >"$units_logs/upgrade.log" 2>&1 || fail "the upgrade failed: $(cat "$units_logs/upgrade.log")"
cmp "$work/weir.yaml" "$root$config" || fail "the upgrade changed the configuration"
[ "$keys" = "$(cat "$root/etc/weir/public-keys")" ] || fail "the upgrade changed the keys"
page_systemctl start weir-vault weir-store weir-desk weir-collector
[ "$kept" = "$(cases)" ] || fail "cases changed with the upgrade"

say "removing and purging"
stop_units
in_root apt-get remove -y weir >"$units_logs/remove.log" 2>&1
{ [ -d "$root/var/lib/weir/desk/audit" ] && [ -f "$root$config" ]; } || fail "a removal took data or configuration"
in_root dpkg -i /packages/next.deb >>"$units_logs/remove.log" 2>&1
run_section "$page" Remove
[ -s "$root/packages/weir-audit.ndjson" ] || fail "the record was not exported"
in_root getent passwd | grep weir && fail "a user is left"
in_root getent group | grep weir && fail "a group is left"
find "$root" -xdev -not -path "$root/tmp/*" | sort | comm -13 "$work/before" - |
    grep -v -e /var/log/apt -e /var/lib/dpkg -e /var/lib/apt -e /run/systemd -e /var/cache -e /packages/next.deb -e /packages/weir-audit.ndjson -e /var/backups/weir -e '/etc/\(passwd\|group\|shadow\|gshadow\|subuid\|subgid\)-$' >"$work/left" || true
[ ! -s "$work/left" ] || fail "left behind: $(cat "$work/left")"
echo "installed, started, used, reloaded, upgraded, purged"
