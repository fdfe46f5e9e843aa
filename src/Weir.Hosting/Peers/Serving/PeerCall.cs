// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Hosting.Peers.Serving;

/// <summary>What a handler knows of the request beside its body.</summary>
public sealed class PeerCall
{
    private readonly IReadOnlyDictionary<string, string> _query;

    internal PeerCall(Peer peer, string route, IReadOnlyDictionary<string, string> query) =>
        (Peer, Route, _query) = (peer, route, query);

    /// <summary>Who asks, as the kernel or the certificate says.</summary>
    public Peer Peer { get; }

    /// <summary>The route's path, without a slash in front.</summary>
    public string Route { get; }

    /// <summary>A parameter behind the question mark; null where it is missing.</summary>
    public string? Query(string name) => _query.GetValueOrDefault(name);

    /// <summary>A parameter that is a decimal number from 0.</summary>
    /// <exception cref="PeerRefusalException">It is something else; 400 <c>malformed</c>.</exception>
    public long? Number(string name) => Query(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw PeerRefusalException.Malformed($"parameter '{name}' is no number; write decimal digits");
}
