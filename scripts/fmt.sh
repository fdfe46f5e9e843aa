#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Brings every source file into the house's format.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
exec dotnet format weir.slnx
