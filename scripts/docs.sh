#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Rewrites what is generated: commands, configuration, metrics, the people's API, the public API of Weir.Wire. The same tests fail where it is stale.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/place.sh"
export WEIR_WRITE_DOCS=1
exec dotnet test tests/Weir.Tests --logger "console;verbosity=minimal" \
    --filter "FullyQualifiedName~PublicApi|FullyQualifiedName~Document|FullyQualifiedName~Docs|FullyQualifiedName~fresh|FullyQualifiedName~stale"
