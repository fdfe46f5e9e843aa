// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Owning;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;

namespace Weir.Collector.Forwarding;

/// <summary>Several collectors, of which each owns networks of its own.</summary>
public sealed record ForwardingOptions
{
    /// <summary>Who owns what.</summary>
    public required SubjectOwners Owners { get; init; }

    /// <summary>How much waits for other owners, and for how long.</summary>
    public required OwnersOptions Section { get; init; }

    /// <summary>Clients of the other owners, by name; who owns nothing needs none.</summary>
    public required IReadOnlyDictionary<string, PeerClient> Clients { get; init; }

    /// <summary>Where the others send; null where this one owns nothing.</summary>
    public PeerOptions? Peers { get; init; }

    /// <summary>How long an owner has to answer for a batch. Default 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a batch that is not full waits for company. Default 50 ms.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Pause after a failure; it doubles up to <see cref="LongestPause"/>. Default 250 ms.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Default 5 s.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a stop waits until the owners have what waits for them. Default 10 s.</summary>
    public TimeSpan StopPatience { get; init; } = TimeSpan.FromSeconds(10);
}
