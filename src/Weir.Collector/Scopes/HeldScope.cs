// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;

namespace Weir.Collector.Scopes;

/// <summary>A scope that the shards watch.</summary>
/// <param name="Order">As it is in force; of a provisional one, what the own event gives.</param>
/// <param name="Watch">As the shards have it.</param>
/// <param name="Events">What the events it rests on make of it; null where no event opened it.</param>
/// <param name="IsProvisional">The desk has not ordered it.</param>
/// <param name="FedAt">When an order or an event last said so, by our clock.</param>
/// <param name="Doubt">Why its grounds are not corroborated: it is recorded, and sealed.</param>
internal sealed record HeldScope(
    ScopeOrder Order, ScopeWatch Watch, EventScope? Events, bool IsProvisional, DateTimeOffset FedAt,
    EvidenceDoubt Doubt);

/// <summary>What came of looking at an order.</summary>
/// <param name="Code">Empty where it is to be put in force; else why not.</param>
/// <param name="Order">The order; null where it cannot be read.</param>
/// <param name="Watch">What the shards are to watch for; null where refused.</param>
/// <param name="Doubt">Why its grounds are not corroborated.</param>
internal readonly record struct OrderVerdict(
    string Code, ScopeOrder? Order, ScopeWatch? Watch, EvidenceDoubt Doubt = EvidenceDoubt.None)
{
    public bool IsAccepted => Watch is not null;
}

/// <summary>Codes of refusals beside those of grounds and of subjects.</summary>
internal static class ScopeFaults
{
    /// <summary>The order's fields are no order.</summary>
    public const string Malformed = "malformed";

    /// <summary>A scope in force would change in more than its end.</summary>
    public const string Changed = "changed-scope";

    /// <summary>What is put in force cannot be recorded; it is tried again.</summary>
    public const string AuditDown = "audit-down";

    /// <summary>True for a refusal that may pass by itself: the order is tried again.</summary>
    public static bool IsPassing(string code) => code is Keys.SubjectFaults.NoKey or AuditDown;
}
