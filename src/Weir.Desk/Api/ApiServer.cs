// SPDX-License-Identifier: Apache-2.0
//
// The people's API on its Unix socket, and over TLS where it is told to. Everybody may connect; who is answered is
// decided by the peer's user, or by a token, and who has no role is refused and audited. What is asked here is decided
// by the policy engine, one request after the other as from anybody.
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Weir.Desk.Api.Callers;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Browsers;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Desk.Api;

/// <summary>A running API.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    private const string Setting = "control.socket";
    private const int StreamsPerConnection = 32;
    private const int MaxHeadOctets = 16 << 10;
    private const UnixFileMode ForEverybody = (UnixFileMode)0b110_110_110;

    private static readonly TimeSpan HeadPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan IdlePatience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(3);

    /// <summary>A body or an answer that moves more slowly is given up after a few seconds.</summary>
    private static readonly MinDataRate SlowestRate = new(bytesPerSecond: 240, TimeSpan.FromSeconds(5));

    private readonly WebApplication _app;
    private readonly PeerSocket _socket;

    private ApiServer(WebApplication app, PeerSocket socket) => (_app, _socket) = (app, socket);

    /// <summary>Opens the socket and answers.</summary>
    /// <param name="socket">Path of the socket.</param>
    /// <param name="parts">What the routes lead to.</param>
    /// <param name="logs">Where faults are told.</param>
    /// <exception cref="InvalidDataException">The path cannot be a socket's.</exception>
    /// <exception cref="IOException">The socket cannot be had; the message names it and the fix.</exception>
    public static async Task<ApiServer> StartAsync(string socket, ApiDependencies parts, ILoggerFactory logs)
    {
        socket = Path.GetFullPath(socket);
        if (PeerAddress.PathFault(socket) is { } fault)
        {
            throw new InvalidDataException($"{Setting}: {fault}");
        }

        var held = PeerSocket.Hold(socket, Setting);
        try
        {
            var app = Build(socket, parts, logs);
            await app.StartAsync();
            File.SetUnixFileMode(socket, ForEverybody);
            return new ApiServer(app, held);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or SocketException)
        {
            held.Dispose();
            throw new IOException($"{Setting}: {socket} cannot be opened: {refused.Message}; give its "
                + "folder to this user or name another", refused);
        }
    }

    /// <summary>The document of the API, OpenAPI 3.1 in JSON, as <c>/api/v1/openapi.json</c> answers it.</summary>
    public Task<string> DocumentAsync(CancellationToken cancel) => ApiDocument.WriteAsync(_app.Services, cancel);

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(StopPatience);
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        _socket.Dispose();
    }

    /// <summary>The same gate without a socket, for the console.</summary>
    public static LocalApi Local(ApiDependencies parts, ILoggerFactory logs) =>
        new(GateOf(parts, logs), ApiRouteTable.Create(parts));

    private static ApiGate GateOf(ApiDependencies parts, ILoggerFactory logs) => new(
        parts.Callers, new(parts.Cases.Engine, parts.Repeated ?? new(parts.Audit, parts.Time)),
        parts.Keys, logs.CreateLogger<ApiGate>());

    private static WebApplication Build(string socket, ApiDependencies parts, ILoggerFactory logs)
    {
        var (connections, limits) = (new CallerConnections(parts.Callers, TimeProvider.System), new RemoteLimits());
        var users = new CallerLimits(parts.OfPerson, CallerRate.OfStranger);
        var door = new RemoteDoor(parts, limits);
        var certificate = parts.Remote is { Listen: not null } control ? BrowserCertificate.Read(
            "control.certificate", control.Certificate, control.Key, "the desk") : null;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(logs);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.ListenUnixSocket(
                socket, listen => listen.Use(next => connection => connections.ServeAsync(connection, next)));
            ListenAfar(kestrel, parts.Remote, certificate, door);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = ApiRoute.UsualOctets;
            kestrel.Limits.MaxRequestHeadersTotalSize = MaxHeadOctets;
            kestrel.Limits.MaxConcurrentConnections = 4 * CallerConnections.Max; // turned away by user before
            kestrel.Limits.Http2.MaxStreamsPerConnection = StreamsPerConnection;
            kestrel.Limits.RequestHeadersTimeout = HeadPatience;
            kestrel.Limits.KeepAliveTimeout = IdlePatience;
            kestrel.Limits.MinRequestBodyDataRate = SlowestRate;
            kestrel.Limits.MinResponseDataRate = SlowestRate;
        });
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.Services.AddRouting();
        builder.Services.ConfigureHttpJsonOptions(json => ApiRouteTable.Configure(json.SerializerOptions));
        ApiDocument.Add(builder.Services);
        var app = builder.Build();
        _ = app.Lifetime.ApplicationStopped.Register(limits.Dispose);
        _ = app.Lifetime.ApplicationStopped.Register(users.Dispose);
        var gate = GateOf(parts, logs);

        // A Unix socket has no address.
        app.Use(next => context => context.Connection.RemoteIpAddress is null
            ? next(context) : door.ReceiveAsync(context, next));
        app.Use(next => async context =>
        {
            await next(context);
            if (!context.Response.HasStarted && context.GetEndpoint() is not RouteEndpoint)
            {
                await gate.NoRouteAsync(context);
            }
        });
        app.UseRouting();
        app.Use(next => context => context.Connection.RemoteIpAddress is null
            ? users.ReceiveAsync(context, next) : next(context));
        foreach (var route in ApiRouteTable.Create(parts).Add(ApiDocument.Route(app.Services)).All)
        {
            Map(app, gate, route);
        }

        return app;
    }

    private static void ListenAfar(
        KestrelServerOptions kestrel, ControlOptions? remote, BrowserCertificate? certificate, RemoteDoor door)
    {
        if (remote?.Listen is { } address)
        {
            kestrel.Listen(address, listen =>
            {
                listen.Use(next => connection => door.ServeAsync(connection, next));
                certificate!.Use(listen);
            });
        }
    }

    private static void Map(WebApplication app, ApiGate gate, ApiRoute route)
    {
        var answer = gate.For(route);
        var mapped = app.MapMethods($"{ApiRoutes.Prefix}/{route.Path}", [route.Method], answer)
            .WithMetadata(
                route, answer.Method,
                new ProducesResponseTypeMetadata(
                    StatusCodes.Status200OK, route.AnswerType.Type, [route.ContentType]))
            .WithSummary(route.Summary);
        foreach (var status in ApiRoutes.RefusalsOf(route).Select(kind => kind.Status).Distinct())
        {
            mapped.WithMetadata(
                new ProducesResponseTypeMetadata(status, typeof(ApiProblem), [ApiProblem.ContentType]));
        }

        if (route.BodyType is { } body)
        {
            // Any type: what is no JSON is refused by the gate, after the role.
            mapped.WithMetadata(new AcceptsMetadata([ApiDocument.AnyType], body.Type));
        }
    }
}
