#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Rewrites what is generated: docs/52-cli.md and the public API of Weir.Wire. The same tests fail where they are stale.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
WEIR_WRITE_DOCS=1 exec dotnet test tests/Weir.Tests --filter "FullyQualifiedName~Weir.Tests.House" --logger "console;verbosity=minimal"
