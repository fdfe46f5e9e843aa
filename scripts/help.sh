#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Lists the targets of the Makefile with their sentence.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)$/  make \1\t\2/p' Makefile | while IFS=$'\t' read -r target what; do
    printf '%-18s %s\n' "$target" "$what"
done
