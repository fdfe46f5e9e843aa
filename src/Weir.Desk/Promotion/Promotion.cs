// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Desk.Cases;

namespace Weir.Desk.Promotion;

/// <summary>How far the digests were searched for a promoted endpoint.</summary>
public enum LookBackState : byte
{
    /// <summary>Not yet.</summary>
    Due,

    /// <summary>Once; what was on its way to the store then is looked at when it must be there.</summary>
    Once,

    Done,
}

/// <summary>An endpoint on our own list: what it was promoted on, by whom, and until when (worked example 8).</summary>
public sealed record Promotion
{
    public required Endpoint Endpoint { get; init; }

    /// <summary>The comparison that found it.</summary>
    public required string Run { get; init; }

    public required string P { get; init; }

    public required string Q { get; init; }

    public required string Ic { get; init; }

    public required string Ic025 { get; init; }

    /// <summary>The leave of two people, by its number.</summary>
    public required ulong Approval { get; init; }

    public required string AskedBy { get; init; }

    public required string GivenBy { get; init; }

    public required string Reason { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Flows that start at or after it are no contacts any more.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public LookBackState LookedBack { get; init; }

    /// <summary>Where the entry comes from, in one line.</summary>
    public string Provenance => string.Create(
        CultureInfo.InvariantCulture,
        $"promoted from {Run} by {AskedBy} and {GivenBy}, {CaseHandler.Name(Approval)}, p {P}, q {Q}, IC "
            + $"{Ic}, IC025 {Ic025}: {Reason}");
}

/// <summary>Our own list. What a call changes is durable and in force when it returns.</summary>
public interface IPromotedList
{
    /// <summary>What stands on it, expired entries too.</summary>
    IReadOnlyList<Promotion> All { get; }

    /// <summary>Puts an endpoint on it; an earlier entry of the same endpoint gives way.</summary>
    /// <exception cref="IOException">It could not be written: nothing changed.</exception>
    Task PutAsync(Promotion promotion, CancellationToken cancel);

    /// <summary>Notes how far the digests were searched; nothing where the entry was taken off or promoted
    /// anew meanwhile.</summary>
    Task MarkAsync(Promotion promotion, LookBackState state, CancellationToken cancel);

    /// <summary>Takes an endpoint off; false where it was not on it.</summary>
    Task<bool> RemoveAsync(Endpoint endpoint, CancellationToken cancel);
}
