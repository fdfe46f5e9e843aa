#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A store of two shards, each a process with the engine: every count, comparison and report as on one machine; what is refused,
# told by the shard's name; figures of how rows are divided. And two collectors of which each hears one direction of the lines:
# one collector's findings, and with one killed nothing doubled and every loss counted.
set -euo pipefail
# shellcheck source=scripts/place.sh
source "$(dirname "${BASH_SOURCE[0]}")/../place.sh"
# shellcheck source=scripts/testing.sh
source scripts/testing.sh
prove_tests Weir.Tests "Run=prove&FullyQualifiedName~Cluster"
prove_tests Weir.EndToEnd "Run=prove&FullyQualifiedName~SeveralCollectors"
