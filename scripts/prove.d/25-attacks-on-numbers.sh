#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Unit tests that take long: every form of the attack on published numbers, kills by other seeds.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
prove_tests Weir.Tests "Run=prove&FullyQualifiedName!~Cluster"
