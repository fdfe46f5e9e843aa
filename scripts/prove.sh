#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Proves what takes longer than `make test`: one part after the other, each a file of scripts/prove.d and at most 20 minutes.
# A part that passed is stamped with the commit under artifacts/prove and not run again for it, so a run that was cut goes on
# where it stopped. A tree with changes has no commit: its parts run, and no stamp of theirs counts. The last line says how many
# passed. Usage: prove.sh [PART...], such as 20-lab-accuracy
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
export WEIR_PROVE_LOGS=artifacts/prove
mkdir -p "$WEIR_PROVE_LOGS"
commit=$(git rev-parse HEAD)
[ -z "$(git status --porcelain)" ] || commit+=" and changes"

parts=("$@")
if [ ${#parts[@]} -eq 0 ]; then
    for file in scripts/prove.d/*.sh; do
        parts+=("$(basename "$file" .sh)")
    done
fi

# Who stops this stops the part too, which is in a process group of its own.
running=""
trap '[ -z "$running" ] || kill "$running" 2>/dev/null; exit 130' INT TERM

passed=0 built=no
for part in "${parts[@]}"; do
    stamp=$WEIR_PROVE_LOGS/$part.passed
    if [ ! -f "scripts/prove.d/$part.sh" ]; then
        echo "prove.sh: '$part' is no part; they are the files of scripts/prove.d" >&2
        exit 2
    fi
    if [ "$(cat "$stamp" 2>/dev/null)" = "$commit" ] && [[ $commit != *changes ]]; then
        say "$part: passed before, at this commit"
        passed=$((passed + 1))
        continue
    fi
    rm -f "$stamp"
    [ "$built" = yes ] || scripts/build.sh
    built=yes
    say "$part"
    from=$SECONDS
    timeout --kill-after=30s 20m "scripts/prove.d/$part.sh" &
    running=$!
    if wait "$running"; then
        printf '%s' "$commit" >"$stamp"
        passed=$((passed + 1))
        say "$part: passed, $((SECONDS - from)) s"
    else
        say "$part: FAILED, $((SECONDS - from)) s"
    fi
done
echo "$passed of ${#parts[@]} parts passed"
[ "$passed" -eq "${#parts[@]}" ]
