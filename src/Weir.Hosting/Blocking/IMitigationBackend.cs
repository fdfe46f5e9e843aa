// SPDX-License-Identifier: Apache-2.0
//
// A place that holds blocks: a router, the resolvers, whatever comes. It says what of ours it holds, takes what is
// missing and lets go what is over; when and in which order is the business of MitigationReconciler, the same for all.
// A backend is a folder with its options and its registration, and a line in the composition.
using System.Collections.Immutable;
using Weir.Contracts.Mitigation;

namespace Weir.Hosting.Blocking;

/// <summary>One entry that a backend should hold: a route, a record of a zone.</summary>
public interface IPlannedBlock
{
    /// <summary>What the backend knows it by: equal for the same entry, planned or held.</summary>
    object Key { get; }

    /// <summary>The leases it stands for; none for what is always there.</summary>
    ImmutableArray<LeaseId> Leases { get; }

    /// <summary>Whether what is held under the same key says the same.</summary>
    bool IsHeldAs(IHeldBlock held);
}

/// <summary>One entry of ours that a backend holds.</summary>
public interface IHeldBlock
{
    /// <summary>As <see cref="IPlannedBlock.Key"/>.</summary>
    object Key { get; }
}

/// <summary>What was read back.</summary>
/// <param name="Ours">Entries of ours; those of others are never touched.</param>
/// <param name="Foreign">How many are somebody else's.</param>
public sealed record HeldBlocks(IReadOnlyList<IHeldBlock> Ours, int Foreign = 0);

/// <summary>An entry that the backend will not take or let go.</summary>
/// <param name="Key">Which.</param>
/// <param name="Why">The backend's word, for people; never an address of a line.</param>
public sealed record BlockRefusal(object Key, string Why);

/// <summary>One that acts by what a backend holds: a neighbour of a router, a resolver.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="IsSound">Whether it does its part: the session stands, its zone is ours.</param>
/// <param name="IsCurrent">Whether it has all that is planned.</param>
/// <param name="Text">How it stands, for people.</param>
public sealed record BlockPeer(string Name, bool IsSound, bool IsCurrent, string Text);

/// <summary>How far entries reach.</summary>
/// <param name="Confirmed">How many of those who act by it have an entry, by its key; none for one that is not among
/// them.</param>
/// <param name="Needed">How many must have it before it is in force: one neighbour, or every resolver.</param>
/// <param name="Peers">Those who act by it.</param>
/// <param name="Text">More of the backend for people, such as a serial; empty for nothing.</param>
public sealed record BlockReach(
    IReadOnlyDictionary<object, int> Confirmed, int Needed, IReadOnlyList<BlockPeer> Peers, string Text = "")
{
    /// <summary>Who has an entry.</summary>
    public Confirmation Of(object key) => new(Confirmed.GetValueOrDefault(key), Peers.Count);
}

/// <summary>A backend. Asked by one reconciler, one call at a time.</summary>
public interface IMitigationBackend
{
    /// <summary>One word for people and metrics, <c>router</c> or <c>zone</c>; another for each backend.</summary>
    string Name { get; }

    /// <summary>Where it is, for people.</summary>
    string Address { get; }

    /// <summary>What its entries are called, <c>routes</c> or <c>records</c>.</summary>
    string Entries { get; }

    /// <summary>What one that acts by it is called, <c>neighbour</c> or <c>resolver</c>.</summary>
    string Peer { get; }

    /// <summary>Why an entry that is held has not reached whoever acts by it.</summary>
    LeaseReasonCode Unreached { get; }

    /// <summary>What it should hold: entries of those leases that are of its kind. Pure.</summary>
    /// <exception cref="MitigationBackendException">It is not configured for one of them.</exception>
    IReadOnlyList<IPlannedBlock> Plan(IReadOnlyList<Lease> leases, DateTimeOffset now);

    /// <summary>Reads back what it holds.</summary>
    /// <exception cref="MitigationBackendException">It cannot be asked.</exception>
    Task<HeldBlocks> ReadAsync(CancellationToken cancel);

    /// <summary>Withdraws entries of ours that it said it holds.</summary>
    /// <exception cref="MitigationBackendException">It cannot be told.</exception>
    Task<IReadOnlyList<BlockRefusal>> WithdrawAsync(IReadOnlyList<IHeldBlock> orphans, CancellationToken cancel);

    /// <summary>Announces entries, in place of those of ours under the same keys.</summary>
    /// <exception cref="MitigationBackendException">It cannot be told.</exception>
    Task<IReadOnlyList<BlockRefusal>> AnnounceAsync(IReadOnlyList<IPlannedBlock> missing, CancellationToken cancel);

    /// <summary>Looks who has the entries, and tells again whoever has not.</summary>
    /// <exception cref="MitigationBackendException">It cannot be asked.</exception>
    Task<BlockReach> ReachAsync(IReadOnlyList<IPlannedBlock> plan, CancellationToken cancel);
}

/// <summary>A backend cannot be told or asked; the message names it and the mend.</summary>
public class MitigationBackendException(string message, Exception? inner = null) : Exception(message, inner);
