// SPDX-License-Identifier: Apache-2.0
//
// The closed list of what one process can be asked for, by whom, and how large. It is written once, at the start; what
// it does not list does not exist.
using System.Text.Json.Serialization.Metadata;

namespace Weir.Hosting.Peers.Serving;

/// <summary>Answers a request, or throws a <see cref="PeerRefusalException"/>.</summary>
/// <param name="call">Who asks, and the parameters.</param>
/// <param name="request">The body: a value of JSON, or its octets.</param>
/// <param name="cancel">The caller went away, or the process stops.</param>
public delegate Task<TResponse> PeerHandler<in TRequest, TResponse>(
    PeerCall call, TRequest request, CancellationToken cancel);

/// <summary>Routes of one process. Each form gives the list back, so that they are written below each other.</summary>
public sealed class PeerRoutes
{
    /// <summary>Most octets of a JSON body unless a route says otherwise.</summary>
    public const int UsualOctets = 64 << 10;

    private readonly Dictionary<(string Method, string Path), PeerRoute> _routes = [];

    /// <summary>Version of the schema these routes speak.</summary>
    public int Schema { get; init; } = PeerSchema.Current;

    /// <summary>A value for a value.</summary>
    /// <param name="path">Lower-case letters, digits, hyphens and slashes between; no slash in front.</param>
    /// <param name="roles">Who may ask.</param>
    /// <param name="takes">The request's JSON, of a context with <c>JsonSerializerDefaults.Strict</c>.</param>
    /// <param name="gives">The answer's JSON, of such a context.</param>
    /// <param name="handle">Answers, or throws a <see cref="PeerRefusalException"/>.</param>
    /// <param name="maxOctets">Most octets of the request's body.</param>
    /// <exception cref="ArgumentException">The path is none or given twice, or the JSON is lenient.</exception>
    public PeerRoutes Post<TRequest, TResponse>(
        string path, PeerRoles roles, JsonTypeInfo<TRequest> takes, JsonTypeInfo<TResponse> gives,
        PeerHandler<TRequest, TResponse> handle, int maxOctets = UsualOctets)
        where TRequest : class
    {
        JsonStrictness.Require(takes.Options, path);
        JsonStrictness.Require(gives.Options, path);
        return Add(new JsonRoute<TRequest, TResponse>(path, roles, takes, gives, handle, maxOctets));
    }

    /// <summary>A body of octets for a value: a segment, say. The handler reads the body as far as it likes; one that
    /// has the whole of it in memory at once says so by <c>isHeld</c>.</summary>
    /// <inheritdoc cref="Post{TRequest, TResponse}"/>
    public PeerRoutes PostRaw<TResponse>(
        string path, PeerRoles roles, JsonTypeInfo<TResponse> gives,
        PeerHandler<Stream, TResponse> handle, long maxOctets, bool isHeld = false)
    {
        JsonStrictness.Require(gives.Options, path);
        return Add(new RawRoute<TResponse>(path, roles, gives, handle, maxOctets, isHeld));
    }

    /// <summary>A value for parameters behind the question mark. A handler may wait for news (its token ends when the
    /// caller goes away or the process stops) and answers null, 204, where there are none.</summary>
    /// <inheritdoc cref="Post{TRequest, TResponse}"/>
    public PeerRoutes Get<TResponse>(
        string path, PeerRoles roles, JsonTypeInfo<TResponse> gives,
        Func<PeerCall, CancellationToken, Task<TResponse?>> handle)
        where TResponse : class
    {
        JsonStrictness.Require(gives.Options, path);
        return Add(new GetRoute<TResponse>(path, roles, gives, handle));
    }

    /// <summary>A stream of octets for parameters; it is disposed when it was sent.</summary>
    /// <inheritdoc cref="Post{TRequest, TResponse}"/>
    public PeerRoutes GetRaw(string path, PeerRoles roles, Func<PeerCall, CancellationToken, Task<Stream>> handle) =>
        Add(new StreamRoute(path, roles, handle));

    /// <summary>Paths with their roles, in order: for documents and tests.</summary>
    public IReadOnlyList<(string Method, string Path, PeerRoles Roles)> List() =>
        [.. _routes.Values.Select(route => (route.Method, route.Path, route.Roles))
            .OrderBy(route => route.Path, StringComparer.Ordinal)];

    internal PeerRoute? Find(string method, string path) => _routes.GetValueOrDefault((method, path));

    private PeerRoutes Add(PeerRoute route)
    {
        var isPath = route.Path.Length > 0 && route.Path.Split('/').All(part =>
            part.Length > 0 && part.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'));
        if (!isPath || route.MaxOctets < 0 || !_routes.TryAdd((route.Method, route.Path), route))
        {
            throw new ArgumentException($"route '{route.Method} {route.Path}' is given twice, or is none");
        }

        return this;
    }
}
