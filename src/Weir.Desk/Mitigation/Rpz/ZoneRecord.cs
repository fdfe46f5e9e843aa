// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>One record of a policy zone, as it should stand or as it was read back.</summary>
/// <param name="Owner">Its name without the zone's: a domain, a domain behind <c>*.</c>, an address of
/// <see cref="PolicyZone.AnswerName"/>.</param>
/// <param name="Target">What its CNAME leads to, with the last dot.</param>
public sealed record ZoneRecord(string Owner, string Target) : IPlannedBlock, IHeldBlock
{
    /// <inheritdoc/>
    public ImmutableArray<LeaseId> Leases { get; init; } = [];

    object IPlannedBlock.Key => Owner;

    object IHeldBlock.Key => Owner;

    bool IPlannedBlock.IsHeldAs(IHeldBlock held) =>
        held is ZoneRecord there && (there.Owner, there.Target) == (Owner, Target);
}
