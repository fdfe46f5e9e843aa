#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Simulates providers, analyses their exports with the program as built, scores the reports against the truth, and writes
# docs/42-lab-accuracy.md (or the file named first). Takes minutes and, for each run in turn, half a gigabyte of disk.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
[ -x ./weir ] || scripts/build.sh
page=${1:-docs/42-lab-accuracy.md}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# figure NAME: one value out of the score.
figure() { awk -v name="\"$1\"" '/"name":/ { at = index($0, name) > 0 } at && /"value":/ { gsub(/[^0-9.]/, ""); print; exit }' "$work/score.json"; }

# row WORDS OPTION...: one run from simulation to a row of the table.
row() {
    local words=$1
    shift
    say "$words"
    rm -rf "$work/lab" "$work/report"
    ./weir lab --out "$work/lab" "$@" >&2
    ./weir analyze "$work/lab/export.pcap" --networks "@$work/lab/networks.txt" --watchlist "$work/lab/watchlist.txt" \
        --profile lab --subscriber-interface 1 --out "$work/report" >"$work/screen.txt"
    local verdict=yes
    ./weir lab score --truth "$work/lab/truth.json" --report "$work/report/report.json" -o json >"$work/score.json" || verdict='**no**'
    printf '| %s | %s | %s of %s | %s | %s | %s | %s (%s + %s) of %s | %s | %s | %s | %s / %s | %s of %s | %s | %s / %s | %s |\n' "$words" "\`$*\`" \
        "$(figure infectedFound)" "$(figure infectedOwed)" "$(figure infectedRecall)" "$(figure infectedPrecision)" "$(figure infectedByWrongEntries)" \
        "$(figure hiddenFound)" "$(figure hiddenAsCandidate)" "$(figure hiddenAsShared)" "$(figure hiddenCncs)" \
        "$(figure falseCandidates)" "$(figure falseShared)" "$(figure permutedDiscoveries)" \
        "$(figure pooledFisher)" "$(figure pooledFisherFalse)" \
        "$(figure eventsFound)" "$(figure eventsOwed)" "$(figure eventPrecision)" "$(figure triggerMedianSeconds)" "$(figure triggerMostSeconds)" "$verdict" >>"$work/page.md"
}

cat >"$work/page.md" <<'PAGE'
# What `weir analyze` finds in a simulated provider

Written by `scripts/lab-accuracy.sh`; do not edit.

A provider of 100,000 subscribers, 300 bots in 8 botnets and about 10 million flows a day (the defaults of `weir lab`), with
vendors' clouds, benign helpers of malware, wrong list entries and attacks in it. The program reads the exported capture, and
its report is held against the truth. One run by hand:

```
weir lab --out lab --seed 1
weir analyze lab/export.pcap --networks @lab/networks.txt --watchlist lab/watchlist.txt --profile lab --subscriber-interface 1 --out report
weir lab score --truth lab/truth.json --report report/report.json
```

- *Infected*: bots named, of those with at least one exported exchange with a listed endpoint; aim: recall 0.98. *Precision* is
  bots among all who are named: list entries that are wrong accuse clean subscribers, and the list is what the program was told.
  All of them are known to the truth; the aim is that nobody else is named.
- *Hidden C&Cs*: those that fewer than 0.5 % of clean subscribers use; aim: 12 of every 14. Found = status candidate + status
  shared, which is a finding too, but of an endpoint that too many others use for a block.
- *False*: reported endpoints that command no bot; aim: at most one candidate.
- *Permuted*: discoveries in 20 runs with labels shuffled within strata; aim: none in at least 19 of the 20. The test works at a
  rate of 0.01 with the mid-p, so that one in a hundred such runs may find something, and now and then one does.
- *Events*: attacks found by the mechanical counters at their defaults, of those with an exported flow; aims: recall and precision
  0.95. Under sampling spam and scans are not owed: a handful of their packets is left. *Trigger*: seconds of flow time from an
  attack's begin until its rule had enough, median / longest; a live run adds the exporters' active timeout.
- *Pooled Fisher*: endpoints flagged by the same test without strata, veto and cap, and how many of them command no bot.

| run | options | infected | recall | precision | by wrong entries | hidden C&Cs | false candidates | false shared | permuted | pooled Fisher / false | events | precision | trigger s | aims met |
|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
PAGE

row "NetFlow v9" --seed 1
row "NetFlow v9" --seed 2
row "NetFlow v9" --seed 3
row "IPFIX" --seed 1 --protocol ipfix
row "IPFIX, both directions in a record" --seed 3 --protocol ipfix --biflow
row "NetFlow v5" --seed 1 --protocol v5
row "half the lines IPv6 only" --seed 2 --ipv6-share 0.5
row "1 packet in 100" --seed 1 --sampling 100
row "sFlow, 1 packet in 512" --seed 1 --protocol sflow

cat >>"$work/page.md" <<'PAGE'

The aims are those of unsampled exports. Under sampling an endpoint's users are seen in part: malware's benign helpers, which
the cap on prevalence takes out of unsampled exports, fall below it, and a day may not be enough. Put helpers on the allow-list
(`--watchlist FILE,role=allow`) and give sampled exports a week. Limits: the data are synthetic, each bot's contacts are
independent given its net, no net changes its C&Cs on the run, and the list reveals half of each net's bots at random.
PAGE
mv "$work/page.md" "$page"
say "written: $page"
