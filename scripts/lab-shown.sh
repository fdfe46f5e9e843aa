#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Simulates a provider of 100,000 lines, analyses its exports as a laboratory and as a provider with the program as built,
# and writes docs/44-shown-and-exact.md (or the file named first). Takes minutes and half a gigabyte of disk.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
[ -x ./weir ] || scripts/build.sh
page=${1:-docs/44-shown-and-exact.md}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# rows REPORT PART FIELD...: fields of a part of a report, a line each, separated by tabs.
rows() {
    local report=$1 part=$2
    shift 2
    awk -v part="  \"$part\": [" -v names="$*" '
        BEGIN { count = split(names, name, " ") }
        index($0, part) == 1 { inside = 1; next }
        inside && /^  \]/ { exit }
        inside && /^    \{/ { delete value; next }
        inside && /^      "/ { at = index($0, "\": "); value[substr($0, 8, at - 8)] = substr($0, at + 3); next }
        inside && /^    \}/ {
            line = ""
            for (i = 1; i <= count; i++) { said = value[name[i]]; gsub(/^"|"?,?$/, "", said); line = line (i > 1 ? "\t" : "") said }
            print line
        }' "$report"
}

# report PROFILE: analyses under a profile.
report() {
    say "analysed as $1"
    ./weir analyze "$work/lab/export.pcap" --networks "@$work/lab/networks.txt" --watchlist "$work/lab/watchlist.txt" \
        --profile "$1" --subscriber-interface 1 --out "$work/$1" >"$work/$1.txt"
}

# beside PART COLUMNS FIELD...: each row as computed with its row as shown, most lines first; endpoint and list name it.
beside() {
    local part=$1 shown=$2
    shift 2
    rows "$work/us-provider/report.json" "$part" remote port protocol "$@" >"$work/shown.tsv"
    rows "$work/lab/report.json" "$part" remote port protocol "$@" | sort -t "$(printf '\t')" -k "$shown,${shown}nr" -k 1,3 |
        awk -F '\t' -v OFS='\t' -v from="$shown" '
            function key() { return $1 FS $2 FS $3 FS (from > 4 ? $4 : "") }
            NR == FNR { line = ""; for (i = from; i <= NF; i++) line = line (i > from ? ", " : "") $i; told[key()] = line; next }
            {
                exact = ""
                for (i = from; i <= NF; i++) {
                    number = $i
                    if (number ~ /[Ee]-[0-9]+$/) { sub(/^.*[Ee]-0*/, "1e-", number) } else if (number ~ /^0\.0*[1-9]/) { number = sprintf("%.2g", number) }
                    exact = exact (i > from ? ", " : "") number
                }
                print $1 ":" $2 "/" $3, exact, ((key() in told) ? told[key()] : "withheld"), $from
            }' "$work/shown.tsv" -
}

say "a provider of 100,000 lines"
./weir lab --out "$work/lab" --seed 1 "${@:2}" >&2
report lab
report us-provider
beside sightings 5 list subjects | awk -F '\t' '$4 > 0' >"$work/listed.tsv"
beside candidates 4 cases others p >"$work/found.tsv"

cat >"$work/page.md" <<'PAGE'
# What is shown, beside what was counted

Written by `scripts/lab-shown.sh`; do not edit.

The provider of [42-lab-accuracy](42-lab-accuracy.md): 100,000 lines, 300 bots in 8 botnets, a day of about 10 million flows (`weir lab --seed 1`). The same exports are analysed twice: under `--profile lab`, which shows what was counted, and under `--profile us-provider`, which shows what a provider's people see: noise, then the threshold of ten, then steps of five or bands ([36-numbers](36-numbers.md)). The p that is shown follows from the noisy counts, without strata.

PAGE
{
    printf '## Listed endpoints\n\nThat ten lines or more met, of %s that any line met; ' "$(wc -l <"$work/listed.tsv")"
    awk -F '\t' '$4 < 10 { few++; if ($3 != "<10" && $3 != "withheld") { more++ } } END { printf "of the %d that fewer met, as many are shown above the threshold, as the noise draws them: %d.\n\n", few, more }' "$work/listed.tsv"
    printf '| endpoint | lines | shown |\n|---|---:|---:|\n'
    # shellcheck disable=SC2016  # backticks of the page
    awk -F '\t' '$4 >= 10 { printf "| `%s` | %s | %s |\n", $1, $2, $3 }' "$work/listed.tsv"
    printf '\n## Candidates\n\n%s found, %s shown. Each: infected lines, others, p; what was counted of p is cut to its power of ten.\n\n' \
        "$(wc -l <"$work/found.tsv")" "$(awk -F '\t' '$3 != "withheld"' "$work/found.tsv" | wc -l)"
    printf '| endpoint | counted | shown |\n|---|---|---|\n'
    # shellcheck disable=SC2016  # backticks of the page
    awk -F '\t' '{ printf "| `%s` | %s | %s |\n", $1, $2, $3 }' "$work/found.tsv"
} >>"$work/page.md"
mv "$work/page.md" "$page"
say "written: $page"
