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

    /// <summary>End of the latest days that renewed it; null where none did.</summary>
    public DateTimeOffset? UpheldUntil { get; init; }

    public LookBackState LookedBack { get; init; }

    /// <summary>Promoted endpoints without which it would not have been found: it is taken off with any of
    /// them.</summary>
    public IReadOnlyList<Endpoint> RestsOn { get; init; } = [];

    /// <summary>Steps from a list of others: 1 where it stands by one, 2 where it rests on such ones.</summary>
    public int Hops { get; init; } = 1;

    /// <summary>Where the entry comes from, in one line.</summary>
    public string Provenance => string.Create(
        CultureInfo.InvariantCulture,
        $"promoted from {Run} by {AskedBy} and {GivenBy}, {CaseHandler.Name(Approval)}, p {P}, q {Q}, IC "
            + $"{Ic}, IC025 {Ic025}{(RestsOn.Count > 0 ? $", rests on {string.Join(' ', RestsOn)}" : "")}"
            + $"{(UpheldUntil is { } upheld ? $", upheld by days until {upheld:yyyy-MM-dd}" : "")}: {Reason}");
}

/// <summary>An endpoint that was taken off: only what was seen since then can bring it back.</summary>
/// <param name="Endpoint">Which.</param>
/// <param name="PromotedAt">When it was promoted.</param>
/// <param name="At">When it was taken off.</param>
public sealed record RejectedEndpoint(Endpoint Endpoint, DateTimeOffset PromotedAt, DateTimeOffset At);

/// <summary>Our own list. What a call changes is durable and in force when it returns.</summary>
public interface IPromotedList
{
    /// <summary>What stands on it, expired entries too.</summary>
    IReadOnlyList<Promotion> All { get; }

    /// <summary>What was taken off, latest last.</summary>
    IReadOnlyList<RejectedEndpoint> Rejected { get; }

    /// <summary>Puts an endpoint on it; an earlier entry of the same endpoint gives way.</summary>
    /// <exception cref="IOException">It could not be written: nothing changed.</exception>
    Task PutAsync(Promotion promotion, CancellationToken cancel);

    /// <summary>Notes how far the digests were searched; nothing where the entry was taken off or promoted
    /// anew meanwhile.</summary>
    Task MarkAsync(Promotion promotion, LookBackState state, CancellationToken cancel);

    /// <summary>Lets entries last as long as these say; nothing where one was taken off or promoted anew
    /// meanwhile.</summary>
    /// <exception cref="IOException">It could not be written: nothing changed.</exception>
    Task RenewAsync(IReadOnlyCollection<Promotion> renewed, CancellationToken cancel);

    /// <summary>Takes endpoints off in one step and remembers it; false where none was on it.</summary>
    Task<bool> RemoveAsync(IReadOnlyCollection<Endpoint> endpoints, CancellationToken cancel);
}
