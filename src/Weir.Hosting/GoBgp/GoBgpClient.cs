// SPDX-License-Identifier: Apache-2.0
//
// What Weir asks of GoBGP: which routes it holds, which it sends to whom, take these, drop those. Routes go over as
// BGP's own octets. Every route of ours carries our marker community and, as its path identifier, our instance, so that
// GoBGP keeps it apart from a route that somebody else put in for the same destination. DeletePath is never called:
// without a path it would drop everybody's.
using System.Net.Sockets;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Weir.Hosting.Blocking;
using Weir.Hosting.GoBgp.Messages;
using Path = Weir.Hosting.GoBgp.Messages.Path;

namespace Weir.Hosting.GoBgp;

/// <summary>A route as GoBGP holds it.</summary>
/// <param name="Key">Family and NLRI.</param>
/// <param name="Identifier">Path identifier; tells routes of one NLRI apart.</param>
/// <param name="IsLocal">Put in by its interface, not heard from a neighbour.</param>
/// <param name="IsBest">The one that is sent on.</param>
/// <param name="Traits">What it says.</param>
public sealed record InstalledRoute(RouteKey Key, uint Identifier, bool IsLocal, bool IsBest, RouteTraits Traits)
    : IHeldBlock
{
    object IHeldBlock.Key => Key;

    /// <summary>Ours alone are ever withdrawn.</summary>
    public bool IsOf(RouteOptions options) =>
        IsLocal && Identifier == options.Instance && Traits.Large.Contains(options.Marker);
}

/// <summary>A neighbour of GoBGP: a router of the provider.</summary>
/// <param name="Address">Its address.</param>
/// <param name="IsEstablished">Whether the session stands.</param>
public sealed record RouterPeer(string Address, bool IsEstablished);

/// <summary>A client of one gobgpd. Many callers at once.</summary>
public sealed class GoBgpClient : IDisposable
{
    /// <summary>Routes in one message; far below the four mebibytes a Go server takes.</summary>
    private const int RoutesPerMessage = 2_000;

    private const int MaxAnswerOctets = 16 << 20;
    private const int Established = 6;

    /// <summary>How Grpc.Net.Client begins to say that no gRPC came back; a test holds it to that.</summary>
    private const string NotGrpc = "Bad gRPC response";

    /// <summary>How GoBGP writes the neighbour of a route that came through its interface.</summary>
    private const string NoNeighbour = "<nil>";

    private readonly GoBgpAddress _address;
    private readonly TimeSpan _patience;
    private readonly GrpcChannel _channel;
    private readonly GobgpApi.GobgpApiClient _api;

    /// <param name="address">Where it listens, plain HTTP/2.</param>
    /// <param name="patience">How long a call may take as a whole.</param>
    public GoBgpClient(GoBgpAddress address, TimeSpan patience)
    {
        (_address, _patience) = (address, patience);
        _channel = GrpcChannel.ForAddress(address.Uri, new GrpcChannelOptions
        {
            HttpHandler = Handler(address),
            DisposeHttpClient = true,
            MaxReceiveMessageSize = MaxAnswerOctets,
        });
        _api = new(_channel);
    }

    public string Address => _address.ToString();

    /// <summary>All routes of a family, from whomever.</summary>
    public Task<List<InstalledRoute>> ListAsync(RouteFamily family, CancellationToken cancel) =>
        ListAsync(
            new ListPathRequest { TableType = TableType.Global, Family = ToFamily(family), EnableOnlyBinary = true },
            family, cancel);

    /// <summary>All routes of the families Weir announces in, from whomever.</summary>
    public async Task<List<InstalledRoute>> ListAllAsync(CancellationToken cancel)
    {
        var routes = new List<InstalledRoute>();
        foreach (var family in RouteFamily.All)
        {
            routes.AddRange(await ListAsync(family, cancel));
        }

        return routes;
    }

    /// <summary>What GoBGP sends to a neighbour.</summary>
    public Task<List<InstalledRoute>> AdvertisedAsync(string peer, RouteFamily family, CancellationToken cancel) =>
        ListAsync(new ListPathRequest
        {
            TableType = TableType.AdjOut,
            Name = peer,
            Family = ToFamily(family),
            EnableOnlyBinary = true
        }, family, cancel);

    public async Task<List<RouterPeer>> PeersAsync(CancellationToken cancel)
    {
        var answers = await CallAsync(
            "ListPeer", patient => ReadAllAsync(_api.ListPeer(new(), cancellationToken: patient), patient), cancel);
        return [.. answers.Select(a => new RouterPeer(
            a.Peer.Conf?.NeighborAddress is { Length: > 0 } named ? named : a.Peer.State.NeighborAddress,
            a.Peer.State.SessionState == Established))];
    }

    /// <summary>Puts routes in.</summary>
    /// <returns>Those it will not take, each with its words.</returns>
    public Task<IReadOnlyList<(PlannedRoute Route, string Why)>> AnnounceAsync(
        IReadOnlyList<PlannedRoute> routes, uint identifier, CancellationToken cancel) =>
            SendAsync(routes, route => PathOf(route, identifier), cancel);

    /// <summary>Takes routes out; the caller has seen that they are ours.</summary>
    public Task<IReadOnlyList<(InstalledRoute Route, string Why)>> WithdrawAsync(
        IReadOnlyList<InstalledRoute> routes, CancellationToken cancel) =>
            SendAsync(routes, WithdrawalOf, cancel);

    public void Dispose() => _channel.Dispose();

    private async Task<List<InstalledRoute>> ListAsync(
        ListPathRequest request, RouteFamily family, CancellationToken cancel)
    {
        var answers = await CallAsync(
            "ListPath", patient => ReadAllAsync(_api.ListPath(request, cancellationToken: patient), patient), cancel);
        return [.. from answer in answers
                   from path in answer.Destination.Paths
                   select new InstalledRoute(
                       new(family, Convert.ToHexString(path.NlriBinary.Span)), path.Identifier,
                       path.NeighborIp is NoNeighbour or "", path.Best,
                       RouteTraits.From(path.PattrsBinary.Select(a => a.Memory)))];
    }

    /// <summary>Message after message; one that is refused is sent again route by route, so that the others go in and
    /// the refused are known.</summary>
    private async Task<IReadOnlyList<(T Route, string Why)>> SendAsync<T>(
        IReadOnlyList<T> routes, Func<T, Path> path, CancellationToken cancel)
    {
        var refused = new List<(T, string)>();
        foreach (var chunk in routes.Chunk(RoutesPerMessage))
        {
            try
            {
                await SendOneAsync(chunk.Select(path), cancel);
            }
            catch (RouterRefusedException) when (chunk.Length > 1)
            {
                foreach (var route in chunk)
                {
                    await TryOneAsync(route);
                }
            }
            catch (RouterRefusedException fault)
            {
                refused.Add((chunk[0], fault.Message));
            }
        }

        return refused;

        async Task TryOneAsync(T route)
        {
            try
            {
                await SendOneAsync([path(route)], cancel);
            }
            catch (RouterRefusedException fault)
            {
                refused.Add((route, fault.Message));
            }
        }
    }

    private async Task SendOneAsync(IEnumerable<Path> paths, CancellationToken cancel)
    {
        var request = new AddPathStreamRequest { TableType = TableType.Global };
        request.Paths.AddRange(paths);
        _ = await CallAsync("AddPathStream", patient => AddAsync(request, patient), cancel);
    }

    private async Task<Empty> AddAsync(AddPathStreamRequest request, CancellationToken cancel)
    {
        using var call = _api.AddPathStream(cancellationToken: cancel);
        await call.RequestStream.WriteAsync(request, cancel);
        await call.RequestStream.CompleteAsync();
        return await call;
    }

    private static async Task<List<T>> ReadAllAsync<T>(AsyncServerStreamingCall<T> call, CancellationToken cancel)
    {
        using (call)
        {
            var answers = new List<T>();
            while (await call.ResponseStream.MoveNext(cancel))
            {
                answers.Add(call.ResponseStream.Current);
            }

            return answers;
        }
    }

    /// <summary>One call in bounded time; its faults name the place and the fix.</summary>
    /// <exception cref="RouterDownException">It cannot be reached or did not answer in time.</exception>
    /// <exception cref="RouterRefusedException">It answered that it will not.</exception>
    private async Task<T> CallAsync<T>(
        string method, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(_patience);
        try
        {
            return await call(patience.Token);
        }
        catch (Exception fault)
            when (fault is RpcException or OperationCanceledException && patience.IsCancellationRequested)
        {
            cancel.ThrowIfCancellationRequested();
            throw new RouterDownException($"GoBGP at {Address} did not answer {method} within "
                + $"{_patience.TotalSeconds:0} s; see whether gobgpd is overloaded", fault);
        }
        catch (RpcException fault)
        {
            throw Explain(method, fault);
        }
    }

    private Exception Explain(string method, RpcException fault) => fault.Status switch
    {
        { DebugException: InvalidProtocolBufferException inner } =>
            new RouterDownException($"what answers at {Address} is not GoBGP 3: {inner.Message}", fault),
        { Detail: var detail } when detail.StartsWith(NotGrpc, StringComparison.Ordinal) =>
            new RouterDownException(
                $"what answers at {Address} does not speak gRPC ({detail}); is it gobgpd's API port?", fault),
        { StatusCode: StatusCode.Unavailable }
            or { DebugException: HttpRequestException or IOException or SocketException } =>
            new RouterDownException($"GoBGP at {Address} cannot be reached: {Cause(fault)}; start gobgpd with "
                + $"--api-hosts {_address.ApiHost}", fault),
        { Detail: var words } => new RouterRefusedException(
            $"GoBGP at {Address} refused {method} (gRPC status {(int)fault.StatusCode}): "
            + $"{(words.Length > 0 ? words : "no reason given")}"),
    };

    /// <summary>What failed below everything: <c>Connection refused (127.0.0.1:50051)</c>.</summary>
    private static string Cause(RpcException fault)
    {
        var cause = fault.Status.DebugException;
        while (cause is { InnerException: { } inner } and not SocketException)
        {
            cause = inner;
        }

        return cause?.Message ?? fault.Status.Detail;
    }

    private static SocketsHttpHandler Handler(GoBgpAddress address)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
        };
        if (address.SocketPath is { } path)
        {
            handler.ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        return handler;
    }

    private static Path PathOf(PlannedRoute route, uint identifier)
    {
        var path = new Path
        {
            Family = ToFamily(route.Family),
            NlriBinary = ByteString.CopyFrom(route.Nlri.AsSpan()),
            Identifier = identifier
        };
        path.PattrsBinary.AddRange(route.Traits.ToAttributes().Select(a => ByteString.CopyFrom(a)));
        return path;
    }

    private static Path WithdrawalOf(InstalledRoute route)
    {
        var path = new Path
        {
            Family = ToFamily(route.Key.Family),
            NlriBinary = ByteString.CopyFrom(Convert.FromHexString(route.Key.Octets)),
            Identifier = route.Identifier,
            IsWithdraw = true
        };
        path.PattrsBinary.AddRange(route.Traits.ToAttributes().Select(a => ByteString.CopyFrom(a)));
        return path;
    }

    private static Family ToFamily(RouteFamily family) => new() { Afi = family.Afi, Safi = family.Safi };
}

/// <summary>A router's control program cannot be reached; the message names it and the fix.</summary>
public sealed class RouterDownException(string message, Exception? inner = null)
    : MitigationBackendException(message, inner);

/// <summary>A router's control program answered, and will not do it.</summary>
public sealed class RouterRefusedException(string message) : MitigationBackendException(message);
