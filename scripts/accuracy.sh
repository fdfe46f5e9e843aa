#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tables of how well what commands is told from what is commanded: laboratories with jobs, adverse forms, cloned real bots.
# A run is kept under artifacts/accuracy with the commit it was made of and not made again for it, so what was cut goes on
# where it stopped. Writes docs/43-command-accuracy.md. Seeds 101 and up tuned the weights and are in no table.
# WEIR_ACCURACY=small takes a third of the lines, fewer seeds and no long windows; WEIR_ACCURACY=rows writes the page of what is there.
# WEIR_ACCURACY_SEEDS=2 takes at most so many seeds a row, all rows first; a later run goes on with the others.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
size=${WEIR_ACCURACY:-full}
[ -x ./weir ] || scripts/build.sh
keep=artifacts/accuracy
mkdir -p "$keep"
commit=$(git rev-parse HEAD)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
page=docs/43-command-accuracy.md
data=${WEIR_DATA:-../shared/data}/flows/ctu13-tuples/ctu13-part.tuples.xz

figures="commandAveragePrecision commandFirstTen commandRelevant commandRecall orderByP orderByPopularity orderAsRita commandCandidates campaigns campaignsHold commandInCampaigns infectionRand infectionTwoNamed peerNets peerNetsFound peerOnly peerOnlyFound peerRecall peerPrecision peerGroupsFalse peerP pooledFisher pooledFisherFalse permutedDiscoveries"

# one ROW SEED ANALYZE-OPTIONS LAB-OPTION...: a run, or what is kept of it.
one() {
    local row=$1 seed=$2 how=$3 file from
    shift 3
    file=$keep/$row-$seed.tsv
    if [ -f "$file" ] && { [ "$size" = rows ] || [ "$(head -n 1 "$file")" = "$commit $size $*" ]; }; then
        return
    fi
    [ "$size" != rows ] || return 0
    say "$row, seed $seed"
    rm -rf "$work/lab" "$work/report"
    from=$SECONDS
    ./weir lab --out "$work/lab" --seed "$seed" "$@" >"$work/lab.txt"
    # shellcheck disable=SC2086
    ./weir analyze "$work/lab/export.pcap" --networks "@$work/lab/networks.txt" --watchlist "$work/lab/watchlist.txt" \
        --profile lab --subscriber-interface 1 --out "$work/report" $how >"$work/screen.txt"
    ./weir lab score --truth "$work/lab/truth.json" --report "$work/report/report.json" -o json >"$work/score.json" || true
    {
        echo "$commit $size $*"
        for name in $figures; do
            printf '%s\t%s\n' "$name" "$(awk -v name="\"$name\"" '/"name":/ { at = index($0, name) > 0 } at && /"value":/ { gsub(/[^0-9.]/, ""); print; exit }' "$work/score.json")"
        done
        printf 'seconds\t%s\n' "$((SECONDS - from))"
    } >"$file.next"
    mv "$file.next" "$file"
}

# seeds ROW SEEDS ANALYZE-OPTIONS LAB-OPTION...: all seeds of a row; "files" has what they left.
seeds() {
    local row=$1 seeds=$2 how=$3 seed
    files=()
    shift 3
    for seed in $seeds; do
        one "$row" "$seed" "$how" "$@"
        [ ! -f "$keep/$row-$seed.tsv" ] || files+=("$keep/$row-$seed.tsv")
    done
}

# table FORM ROW WORDS SEEDS ANALYZE-OPTIONS LAB-OPTION...: all seeds, then a line of a table, as the awk program FORM has it.
table() {
    local form=$1 row=$2 words=$3
    local -a files
    shift 3
    seeds "$row" "$@"
    [ ${#files[@]} -gt 0 ] || return 0
    awk -F '\t' -v words="$words" -v seeds="${#files[@]}" "$form" "${files[@]}" >>"$work/page.md"
}

# row ROW WORDS SEEDS ANALYZE-OPTIONS LAB-OPTION...: a line of what commands: mean, and least to most.
row() {
    # shellcheck disable=SC2016
    table '
        NF == 2 && $2 != "" { sum[$1] += $2; n[$1]++; if (!($1 in least) || $2 < least[$1]) least[$1] = $2; if ($2 > most[$1]) most[$1] = $2 }
        function mean(name) { return n[name] ? sum[name] / n[name] : "" }
        function cell(name, form) { return n[name] ? sprintf(form " (" form "–" form ")", mean(name), least[name], most[name]) : "–" }
        END {
            printf "| %s | %d | %s | %s of %.0f | %s | %.2f | %.2f | %.2f | %.0f / %.0f | %.0f in %.1f campaigns: %s | %.1f | %s | %s | %.0f | %.0f |\n", words, seeds,
                cell("commandAveragePrecision", "%.2f"), cell("commandFirstTen", "%.0f"), mean("commandRelevant"), cell("commandRecall", "%.2f"),
                mean("orderByP"), mean("orderByPopularity"), mean("orderAsRita"), mean("pooledFisher"), mean("pooledFisherFalse"),
                mean("commandCandidates"), mean("campaigns"), cell("campaignsHold", "%.2f"), mean("commandInCampaigns"),
                cell("infectionRand", "%.2f"), cell("infectionTwoNamed", "%.2f"), sum["permutedDiscoveries"], mean("seconds")
        }' "$@"
}

# peers ROW WORDS SEEDS ANALYZE-OPTIONS LAB-OPTION...: a line of botnets without a server.
peers() {
    # shellcheck disable=SC2016
    table '
        NF == 2 && $2 != "" { sum[$1] += $2; n[$1]++; if (!($1 in least) || $2 < least[$1]) least[$1] = $2 }
        $1 == "peerP" && $2 <= 0.05 { low++ }
        function mean(name) { return n[name] ? sum[name] / n[name] : 0 }
        END {
            printf "| %s | %d | %d of %d | %d of %d | %.2f | %.2f | %d | %.3f | %d | %.0f |\n", words, seeds, sum["peerOnlyFound"],
                sum["peerOnly"], sum["peerNetsFound"], sum["peerNets"], mean("peerRecall"), mean("peerPrecision"),
                sum["peerGroupsFalse"], least["peerP"], low, mean("seconds")
        }' "$@"
}

cat scripts/accuracy-head.md >"$work/page.md"
usual=(--subscribers 30000)
limit=${WEIR_ACCURACY_SEEDS:-20}
many=$(seq 1 $((limit < 10 ? limit : 10))) some=$(seq 1 $((limit < 3 ? limit : 3))) draws=$(seq 1 "$limit")
if [ "$size" = small ]; then
    usual=(--subscribers 10000 --bots 200 --nets 6 --flows 600000)
    many=$(seq 1 3) some=1 draws=$(seq 1 3)
fi
row jobs "jobs, unsampled, a day" "$many" "" "${usual[@]}" --jobs usual
row late "*adverse*: C&Cs after the advertising" "$some" "" "${usual[@]}" --jobs late-command
row campaign "*adverse*: a campaign from the first minute" "$some" "" "${usual[@]}" --jobs campaign-first
row update "*adverse*: an update host first and regular" "$some" "" "${usual[@]}" --jobs update-first
row sampled100 "jobs, 1 packet in 100, a day" "$many" "" "${usual[@]}" --jobs usual --sampling 100
[ "$size" = small ] || row sampled1000 "jobs, 1 packet in 1,000, seven days" "$many" "" --subscribers 10000 --seconds 604800 --flows 7000000 --jobs usual --sampling 1000
row none "no jobs, unsampled, a day" "$some" "" "${usual[@]}"
if [ -f "$data" ]; then
    [ -f "$keep/tuples" ] || xz -dc "$data" >"$keep/tuples"
    real=(--subscribers 30000)
    [ "$size" != small ] || real=(--subscribers 10000 --flows 1000000)
    for capture in V42 V43; do
        row "clone$capture" "real bot $capture cloned over ten lines" "$draws" --no-time-order "${real[@]}" --seconds 21600 --bots 0 --nets 1 \
            --no-attacks --clone "$keep/tuples" --clone-capture "$capture"
    done
else
    say "no $data: cloned real bots are left out"
fi
cat scripts/accuracy-peers.md >>"$work/page.md"
peers peers "a net without a server, unsampled, a day" "$many" "" "${usual[@]}" --jobs peers-only
peers sharing "... and 2 % of lines share files" "$many" "" "${usual[@]}" --jobs peers-only --file-sharing 0.02
peers peers100 "... 1 packet in 100" "$some" "" "${usual[@]}" --jobs peers-only --file-sharing 0.02 --sampling 100
peers nosharing "*none*: no jobs, 2 % share files" "$draws" "" "${usual[@]}" --file-sharing 0.02
peers none "*none*: no jobs" "$some" "" "${usual[@]}"
case $size in
    small) lines="10,000 lines, 200 bots in 6 nets, 600,000 flows a day (real bots: 1,000,000 flows), few seeds: \`WEIR_ACCURACY=small\`" ;;
    *) lines="30,000 lines, 300 bots in 8 nets, 100 flows a line and day; 1 packet in 1,000: 10,000 lines" ;;
esac
printf '\nSize: %s.\n' "$lines" >>"$work/page.md"
cat scripts/accuracy-tail.md >>"$work/page.md"
mv "$work/page.md" "$page"
say "written: $page"
