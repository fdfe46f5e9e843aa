// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Keeping;

namespace Weir.Vault.Identity.Radius;

/// <summary>What the store has to write to be even with the sessions.</summary>
internal sealed record SessionChanges(
    IReadOnlyList<RadiusSession> Changed, IReadOnlyList<UInt128> Gone,
    IReadOnlyList<(UInt128 Nas, long AtMs)> Restarts);
