#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Runs the tests and ends with one line "N passed, N failed[, N skipped]". Fails on a failure and where nothing ran.
# A test that fails has failed: nothing is tried twice.
# Usage: test.sh all|real
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
# shellcheck source=scripts/need.sh
source scripts/need.sh

case ${1:-all} in
all) projects=(Weir.Tests Weir.EndToEnd) ;;
real) projects=(Weir.EndToEnd) ;;
*)
    echo "test.sh: '$1' is not a set of tests; say all or real" >&2
    exit 2
    ;;
esac

need dpkg-deb:dpkg dash:dash promtool:prometheus groff:groff-base nfdump:nfdump softflowd:softflowd clickhouse-server:clickhouse-server tshark:tshark xz:xz-utils ip:iproute2 \
    shellcheck:shellcheck radclient:freeradius-utils freeradius:freeradius gobgpd:gobgpd bird:bird2 vtysh:frr named:bind9 unbound:unbound chromium:chromium \
    dig:bind9-dnsutils nft:nftables setpriv:util-linux sysctl:procps exim4:exim4-daemon-light rsyslogd:rsyslog \
    '/usr/lib/*/rsyslog/lmnsd_gtls.so:rsyslog-gnutls'
need ssh-keygen:openssh-client
scripts/build.sh

# shellcheck source=scripts/testing.sh
source scripts/testing.sh
# An input that is missing fails too, unless this tree has no folder of inputs at all.
if [ -e ../shared ] || [ -n "${WEIR_DATA:-}" ]; then
    export WEIR_DATA_MUST=1
fi
results=artifacts/test-results
rm -rf "$results"
mkdir -p "$results"
broken=0

for project in "${projects[@]}"; do
    say "building $project"
    quietly "artifacts/log/$project.build.log" dotnet build "tests/$project" -c Release -v quiet
    say "running $project"
    # What is marked Run=prove is a proof of its own: a part of make prove.
    dotnet test "tests/$project" -c Release --no-build --results-directory "$results" --filter "Run!=prove" \
        --logger "trx;LogFileName=$project.trx" --logger "console;verbosity=minimal" \
        --blame-hang-timeout 8m --blame-hang-dump-type none || broken=1
done

# The counters element of each trx is the truth; a project without one did not run.
passed=0 failed=0 skipped=0
for project in "${projects[@]}"; do
    counters=$(grep -o '<Counters [^>]*>' "$results/$project.trx" 2>/dev/null || true)
    count() { sed -n "s/.* $1=\"\([0-9]*\)\".*/\1/p" <<<"$counters"; }
    total=$(count total) good=$(count passed) bad=$(count failed)
    if [ "${total:-0}" -eq 0 ]; then
        say "no test of $project ran"
        broken=1
        continue
    fi
    other=$((total - good - bad))
    never=$(($(count error) + $(count timeout) + $(count aborted)))
    passed=$((passed + good))
    failed=$((failed + bad + never))
    skipped=$((skipped + other - never))
done

[ "$failed" -eq 0 ] || broken=1
[ "$passed" -gt 0 ] || broken=1
if [ "$broken" -ne 0 ] && [ "$failed" -eq 0 ]; then
    failed=1 # a run that broke without a failed test (a crash, a hang, an empty project) is a failure
fi
if [ "$skipped" -gt 0 ]; then
    echo "$passed passed, $failed failed, $skipped skipped"
else
    echo "$passed passed, $failed failed"
fi
exit "$broken"
