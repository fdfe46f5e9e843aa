// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Health;

namespace Weir.Hosting.Blocking;

/// <summary>How many act by a backend.</summary>
/// <param name="Asked">All of them.</param>
/// <param name="Sound">Of them, those that do their part.</param>
/// <param name="Current">Of them, those that have all that is planned.</param>
public readonly record struct PeerNumbers(int Asked, int Sound, int Current);

/// <summary>How a backend stands; what people and metrics are shown.</summary>
/// <param name="IsReachable">Whether the last round came through.</param>
/// <param name="Since">Since when it is so.</param>
/// <param name="Fault">Why not, in words; empty where it is.</param>
/// <param name="RoundAt">When the last round ended; none before the first.</param>
public sealed record MitigationStatus(
    bool IsReachable, DateTimeOffset Since, string Fault, DateTimeOffset? RoundAt = null)
{
    private readonly PeerNumbers? _reached;

    /// <summary>Entries it should hold.</summary>
    public int Planned { get; init; }

    /// <summary>Entries of ours it holds as planned, read back.</summary>
    public int Held { get; init; }

    /// <summary>Entries of others beside them.</summary>
    public int Foreign { get; init; }

    /// <summary>Entries it will not take.</summary>
    public int Refused { get; init; }

    /// <summary>Those that act by it.</summary>
    public IReadOnlyList<BlockPeer> Peers { get; init; } = [];

    /// <summary>More of it for people; empty for nothing.</summary>
    public string Text { get; init; } = "";

    /// <summary>Entries announced since the start.</summary>
    public long Announced { get; init; }

    /// <summary>Entries withdrawn since the start, orphans among them.</summary>
    public long Withdrawn { get; init; }

    /// <summary>How many act by it: as <see cref="Peers"/> tell, unless their numbers alone are known.</summary>
    public PeerNumbers Reached
    {
        get => _reached ?? new(Peers.Count, Peers.Count(peer => peer.IsSound), Peers.Count(peer => peer.IsCurrent));
        init => _reached = value;
    }

    /// <summary>Whether all that act by it have all that is planned.</summary>
    public bool IsEverywhere => IsReachable && Reached.Current == Reached.Asked;

    /// <summary>What an operator should know of a backend.</summary>
    public ComponentHealth HealthOf(IMitigationBackend backend) =>
        !IsReachable ? ComponentHealth.Degraded($"{backend.Name} {backend.Address}: {Fault}")
        : Planned > 0 && !Peers.Any(peer => peer.IsSound) ? ComponentHealth.Degraded(
            $"{backend.Name} {backend.Address} has no {backend.Peer}: blocks there stop nothing; see its configuration")
        : ComponentHealth.Ok;
}
