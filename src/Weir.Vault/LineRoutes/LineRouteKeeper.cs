// SPDX-License-Identifier: Apache-2.0
//
// Keeps the vault's router at what should stand. Every minute, at the start and whenever an order comes the line of each
// case is looked up anew, since addresses change hands, and the router is brought to the plan and read back. A router
// that does not answer is tried again every few seconds.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Mitigation;
using Weir.Hosting.GoBgp;
using Weir.Vault.Gardening;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.LineRoutes;

/// <summary>What the keeper works with.</summary>
internal sealed record LineRouteDependencies(
    LineRouteOptions Options, LineRouteStore Routes, CaseSealStore Seals, SubscriberLineNetworks Lines);

/// <summary>The keeper of one router.</summary>
internal sealed class LineRouteKeeper : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly LineRouteDependencies _parts;
    private readonly GoBgpClient _router;
    private readonly TimeProvider _time;
    private readonly ILogger<LineRouteKeeper> _log;
    private readonly SemaphoreSlim _nudged = new(0, 1);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private Dictionary<LeaseId, LineRouteStanding> _standing = [];
    private string _fault = "not asked yet";

    public LineRouteKeeper(LineRouteDependencies parts, TimeProvider time, ILogger<LineRouteKeeper> log)
    {
        (_parts, _time, _log) = (parts, time, log);
        _router = new GoBgpClient(parts.Options.Gobgp!, Patience);
    }

    /// <summary>Why the router is not as planned; empty where it is.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>How a route stood at the last round.</summary>
    public LineRouteStanding Find(LeaseId lease) =>
        Volatile.Read(ref _standing).TryGetValue(lease, out var standing)
            ? standing
            : new(LineRouteState.Waiting, "the router was not asked yet");

    /// <summary>A round soon.</summary>
    public void Trigger()
    {
        try
        {
            _ = _nudged.Release();
        }
        catch (SemaphoreFullException)
        {
            // A round is due already.
        }
    }

    /// <summary>One round.</summary>
    /// <returns>Whether the router is as planned.</returns>
    public async Task<bool> RoundAsync(CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            var (leases, waiting) = Place();
            var plan = RoutePlan.Create(leases, _parts.Options.Routes, _time.GetUtcNow());
            var round = await RouteRound.RunAsync(
                _router, plan, _parts.Options.Routes, missing => AnnounceAsync(missing, cancel), cancel);
            Keep(plan, round, waiting);
            Tell("");
            return round.IsAsPlanned;
        }
        catch (Exception fault) when (fault is RouterDownException or RouterRefusedException)
        {
            Volatile.Write(ref _standing, _parts.Routes.All.ToDictionary(
                route => route.Lease, _ => new LineRouteStanding(LineRouteState.Waiting, "the router does not answer")));
            Tell(fault.Message);
            return false;
        }
        finally
        {
            _ = _turn.Release();
        }
    }

    public override void Dispose()
    {
        _router.Dispose();
        _nudged.Dispose();
        _turn.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var pause = await RoundAsync(stoppingToken) ? Period : RetryPause;
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            _ = await Task.WhenAny(Task.Delay(pause, _time, either.Token), _nudged.WaitAsync(either.Token));
            await either.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Routes with the line they are for now; the others with why they wait.</summary>
    private (List<Lease> Leases, Dictionary<LeaseId, string> Waiting) Place()
    {
        var now = _time.GetUtcNow();
        List<Lease> leases = [];
        Dictionary<LeaseId, string> waiting = [];
        foreach (var route in _parts.Routes.All)
        {
            if (route.EndsAt <= now || _parts.Seals.Open(route.Case) is not { } subject)
            {
                _ = _parts.Routes.Remove(route.Lease);
                continue;
            }

            var held = _parts.Lines.Find(subject, now.ToUnixTimeMilliseconds());
            Prefix? line = held.Own.Where(Fits).Where(own => route.Target.Remote is not { } far || far.IsV4 == own.IsV4)
                .Select(own => (Prefix?)own).FirstOrDefault();
            if (line is { } network)
            {
                leases.Add(LeaseOf(route, network, now));
            }
            else
            {
                waiting[route.Lease] = held is { SharesV4: true } or { SharesV6: true }
                    ? "the line shares its address with others"
                    : "the line has no address now";
            }
        }

        return (leases, waiting);
    }

    private bool Fits(Prefix line) => line.WrittenLength >= (line.IsV4 ? 32 : _parts.Options.ShortestLineV6);

    private static Lease LeaseOf(LineRoute route, Prefix line, DateTimeOffset now) => new()
    {
        Id = route.Lease,
        Target = route.Target.ForLine(line),
        Justification = new("", "", "", null),
        Case = route.Case,
        State = LeaseState.Approved,
        PlannedBy = "weir",
        PlannedAt = now,
        EndsAt = route.EndsAt,
        StateAt = now,
        EvidenceAt = now,
    };

    private async Task<IReadOnlyDictionary<RouteKey, string>> AnnounceAsync(
        IReadOnlyList<PlannedRoute> missing, CancellationToken cancel)
    {
        var refused = await _router.AnnounceAsync(missing, _parts.Options.Routes.Instance, cancel);

        // The router's words may repeat the rule, and with it the line: they are not passed on.
        return refused.ToDictionary(one => one.Route.Key, _ => "the router refused the rule; see its own log");
    }

    private void Keep(RoutePlan plan, RouteRound round, Dictionary<LeaseId, string> waiting)
    {
        var held = round.After.Held.Select(route => route.Key).ToHashSet();
        var standing = waiting.ToDictionary(
            one => one.Key, one => new LineRouteStanding(LineRouteState.Waiting, one.Value));
        foreach (var route in plan.Routes)
        {
            var now = !held.Contains(route.Key)
                ? new LineRouteStanding(
                    LineRouteState.Waiting, round.Refused.GetValueOrDefault(route.Key, "the router does not hold it"))
                : round.Sent.TryGetValue(route.Key, out var sent)
                    ? new(LineRouteState.Sent, "", new(sent, round.Peers.Count))
                : new(LineRouteState.Held, "no neighbour is sent it", new(0, round.Peers.Count));
            foreach (var lease in route.Leases)
            {
                standing[lease] = now;
            }
        }

        Volatile.Write(ref _standing, standing);
    }

    private void Tell(string fault)
    {
        if (Fault != fault)
        {
            if (fault.Length > 0)
            {
                _log.RouterAway(fault);
            }
            else
            {
                _log.RouterThere(_parts.Routes.All.Count);
            }
        }

        Volatile.Write(ref _fault, fault);
    }
}

/// <summary>Event ids 11030 and 11031.</summary>
internal static partial class LineRouteLog
{
    [LoggerMessage(EventId = 11030, Level = LogLevel.Warning,
        Message = "the router of lines does not answer, it is tried again: {Reason}")]
    public static partial void RouterAway(this ILogger log, string reason);

    [LoggerMessage(EventId = 11031, Level = LogLevel.Information,
        Message = "the router of lines answers; {Routes} routes should stand")]
    public static partial void RouterThere(this ILogger log, int routes);
}
