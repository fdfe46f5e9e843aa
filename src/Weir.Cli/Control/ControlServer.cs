// SPDX-License-Identifier: Apache-2.0
//
// The socket of the other commands (contract.md, weir serve). Everybody may connect; who is answered is decided by the
// peer's user, and a user without a role is refused and audited. What is asked here is decided by the policy engine,
// one request after the other as from anybody.
using System.Text.Json;
using Weir.Cli.Retaining;
using Weir.Cli.Serving;
using Weir.Cli.Web;
using Weir.Contracts.Policy;
using Weir.Desk.Cases;
using Weir.Desk.Comparisons;
using Weir.Desk.Complaints;
using Weir.Desk.Mitigation.Requests;
using Weir.Desk.Policy;
using Weir.Desk.Promotion;
using Weir.Hosting.Auditing;
using Weir.Hosting.Metrics;

namespace Weir.Cli.Control;

/// <summary>What the socket leads to.</summary>
internal sealed record ControlParts
{
    public required CaseHandler Desk { get; init; }

    public required EvidenceHandler Evidence { get; init; }

    public required DisclosureHandler Disclosures { get; init; }

    public required ComparedRuns Runs { get; init; }

    public required Comparisons? Comparisons { get; init; }

    public required PopulationReportHandler Population { get; init; }

    public required ComplaintHandler Complaints { get; init; }

    public required PromotionHandler Promotions { get; init; }

    public required AccessTable Access { get; init; }

    public required BlockRequests Blocks { get; init; }

    public required BlockParts BlockParts { get; init; }

    public required NoticeParts Notices { get; init; }

    public required LadderParts Ladders { get; init; }

    public required AlertParts Alerts { get; init; }

    public required SharedSources Sharing { get; init; }

    public required IAuditLog Audit { get; init; }

    public required PolicyProfile Policy { get; init; }

    public required TimeProvider Time { get; init; }

    public required Func<RetentionInventory> Held { get; init; }

    /// <summary>The user of the vault's process; null where there is none.</summary>
    public required string? VaultUser { get; init; }
}

/// <summary>A running control socket.</summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const int LongestSocketPath = 107;

    private readonly WebApplication _app;
    private readonly string _socket;

    private ControlServer(WebApplication app, string socket) => (_app, _socket) = (app, socket);

    /// <exception cref="IOException">The socket cannot be had; the message names it and the mend.</exception>
    public static async Task<ControlServer> StartAsync(string socket, ControlParts parts, ILoggerFactory logs)
    {
        socket = Path.GetFullPath(socket);
        if (System.Text.Encoding.UTF8.GetByteCount(socket) > LongestSocketPath)
        {
            throw new IOException(
                $"control.socket: {socket} is longer than {LongestSocketPath} octets; choose a shorter path");
        }

        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(socket)!);
            File.Delete(socket);
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.Services.AddSingleton(logs);
            builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
            {
                kestrel.ListenUnixSocket(socket);
                kestrel.AddServerHeader = false;
                kestrel.Limits.MaxRequestBodySize = 64 << 10;
                kestrel.Limits.MaxConcurrentConnections = 64;
            });
            builder.Services.AddRoutingCore();
            builder.Logging.AddPlainConsole();
            var app = builder.Build();
            app.UseRouting();
            new CaseRoutes(parts).Map(app);
            new ApprovalRoutes(parts).Map(app);
            new PopulationRoutes(parts).Map(app);
            new HeldRoutes(parts).Map(app);
            new SubjectRoutes(parts).Map(app);
            new ComplaintRoutes(parts).Map(app);
            new BlockRoutes(parts).Map(app);
            new NoticeRoutes(parts).Map(app);
            new NotifyRoutes(parts).Map(app);
            new LadderRoutes(parts, parts.Ladders).Map(app);
            new SharingRoutes(parts).Map(app);
            new PromotionRoutes(parts).Map(app);
            new ConsentRoutes(parts).Map(app);
            await app.StartAsync();
            File.SetUnixFileMode(socket, (UnixFileMode)0b110_110_110);
            return new ControlServer(app, socket);
        }
        catch (Exception refused)
            when (refused is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            throw new IOException($"control.socket: {socket} cannot be opened: {refused.Message}; give its "
                + "folder to this user or name another", refused);
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3));
        await _app.StopAsync(patience.Token);
        await _app.DisposeAsync();
        File.Delete(_socket);
    }
}

/// <summary>A request as the socket's handlers see it: who, what came with it, and how to answer.</summary>
internal sealed class ControlCall(HttpContext context, Actor actor)
{
    public Actor Actor => actor;

    public CancellationToken Cancel => context.RequestAborted;

    public string Route(string name) => context.Request.RouteValues[name] as string ?? "";

    /// <summary>A body may be so long, for this request alone.</summary>
    public void AllowBody(long octets)
    {
        if (context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>()
            is { IsReadOnly: false } limit)
        {
            limit.MaxRequestBodySize = octets;
        }
    }

    public async Task<T?> BodyAsync<T>()
        where T : class
    {
        try
        {
            return await context.Request.ReadFromJsonAsync<T>(ControlText.Json, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public Task AnswerAsync<T>(T value) =>
        context.Response.WriteAsJsonAsync(value, ControlText.Json, context.RequestAborted);

    public Task RefuseAsync(Decision.Deny deny) => RefuseAsync(context, deny);

    public static Task RefuseAsync(HttpContext context, Decision.Deny deny)
    {
        context.Response.StatusCode = deny.Code == DenyCode.Unknown ? 404 : 403;
        return context.Response.WriteAsJsonAsync(
            new Refused(DenyCodes.ToName(deny.Code), deny.Why), ControlText.Json, context.RequestAborted);
    }

    /// <summary>Something that is no refusal of the rules: a request that cannot be read.</summary>
    public Task BadAsync(string why)
    {
        context.Response.StatusCode = 400;
        return context.Response.WriteAsJsonAsync(
            new Refused("bad-request", why), ControlText.Json, context.RequestAborted);
    }

    /// <summary>What the rails hold against a block.</summary>
    public Task AgainstAsync(string code, string why)
    {
        context.Response.StatusCode = 403;
        return context.Response.WriteAsJsonAsync(new Refused(code, why), ControlText.Json, context.RequestAborted);
    }

    /// <summary>Something that the answer needs is away.</summary>
    public Task DownAsync(string code, string why)
    {
        context.Response.StatusCode = 503;
        return context.Response.WriteAsJsonAsync(new Refused(code, why), ControlText.Json, context.RequestAborted);
    }

    /// <summary>Tells who it is, or refuses and records it.</summary>
    public static RequestDelegate With(ControlParts parts, Func<ControlCall, Task> handle) =>
        With(parts, parts.Access.Of, handle);

    /// <summary>For a user who is no person but another process of Weir.</summary>
    public static RequestDelegate With(ControlParts parts, Func<string, bool> isUser, Func<ControlCall, Task> handle) =>
        With(parts, user => isUser(user) ? new Actor(user, Role.Machine) : null, handle);

    private static RequestDelegate With(ControlParts parts, Func<string, Actor?> who, Func<ControlCall, Task> handle) =>
        async context =>
        {
            var user = PeerCredentials.UserOf(context);
            if (who(user) is not { } actor)
            {
                await parts.Audit.AppendAsync(
                    new AuditEntry
                    {
                        Actor = user,
                        Role = "none",
                        Act = AuditActions.LoginRefused,
                        Outcome = DenyCodes.ToName(DenyCode.RoleMayNot),
                        Reason = "the user stands in no role of access"
                    },
                    context.RequestAborted);
                await RefuseAsync(context, new(
                    DenyCode.RoleMayNot, $"{user} has no role; the configuration's section access gives one."));
                return;
            }

            try
            {
                await handle(new ControlCall(context, actor));
            }
            catch (AuditException refused)
            {
                context.Response.StatusCode = 503;
                await context.Response.WriteAsJsonAsync(
                    new Refused("audit-down", refused.Message), ControlText.Json, context.RequestAborted);
            }
        };
}
