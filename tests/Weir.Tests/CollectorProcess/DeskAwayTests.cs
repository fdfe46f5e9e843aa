// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Tests.Cases;
using Weir.Wire;

namespace Weir.Tests.CollectorProcess;

/// <summary>A desk that was away for an hour: what the collector recorded meanwhile is found under the scopes that the
/// desk opens when it hears of the events.</summary>
public sealed class DeskAwayTests
{
    private const int Flows = 3;

    private static readonly int[] Ports = [7_701, 7_702, 7_703, 7_704, 7_705];

    [Fact]
    public async Task A_desk_that_was_away_finds_rows_under_each_scope_and_none_comes_twice()
    {
        await using var world = new CollectorWorld();
        var startedMs = world.NowMs;
        world.Peers.Stop("desk");
        var process = await world.StartAsync();
        List<QualityEvent> told = [];
        foreach (var (port, i) in Ports.Select((port, i) => (port, i)))
        {
            var hop = Hop(world, (ulong)i + 1, port);
            await world.SendAsync(process, Flows, port: port);
            Raise(hop);
            await world.PassAsync(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(5));
            Raise(hop with { Phase = EventPhase.Grown, UntilMs = hop.UntilMs + 30_000 });
            Raise(hop with { Phase = EventPhase.Closed, UntilMs = hop.UntilMs + 60_000 });
        }

        // Later than the attack lasted: an attack of its own, and less than an hour ago when the desk is back.
        await world.PassAsync(TimeSpan.FromMinutes(40), TimeSpan.FromSeconds(5));
        await world.SendAsync(process, Flows, port: Ports[0]);
        Raise(Hop(world, 99, Ports[0]));
        await world.PassAsync(TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(5));
        var before = await world.Store.EvidenceAsync();
        var bases = await world.Store.BasesAsync();

        await using var place = await CaseHandlerFixture.OpenAsync();
        place.Clock.Advance(world.Clock.GetUtcNow() - place.Clock.GetUtcNow());
        await place.HandleAsync([.. told]);
        var orders = place.Desk.Orders.InForce;
        Assert.Equal(5, orders.Count);
        Assert.Contains(orders, order => order.Class.RemotePorts.Length == Ports.Length);
        foreach (var order in orders)
        {
            Assert.Contains(
                before.Zip(bases), row => (row.First.Scope, row.Second) == (order.Id.Number, ScopeBasis.Of(order)));
        }

        world.Peers.Start("desk", world.Desk.Routes());
        world.Desk.Order([.. orders.Select(order => ScopeOrderFields.From(order with
        {
            Grounds = [.. order.Grounds.Select(envelope => EventDocument.TryRead(envelope, out var quality)
                ? EventDocument.Sign(quality, world.Key) : envelope)],
        }))]);
        await world.UntilAsync(
            () => world.Desk.Reports.Count(report => report.WholeSinceMs is not null) == orders.Count, "reports",
            TimeSpan.FromSeconds(1));
        await world.PassAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(before.Count, (await world.Store.EvidenceAsync()).Count);
        Assert.All(orders, order => Assert.Equal(
            Math.Max(order.FromMs, startedMs), world.Desk.Reports.Single(report => report.Scope == order.Id.ToString()).WholeSinceMs));

        void Raise(QualityEvent quality)
        {
            told.Add(quality);
            CollectorWorld.Raise(process, quality);
        }
    }

    private static QualityEvent Hop(CollectorWorld world, ulong number, int port) => world.Flood(number) with
    {
        Class = TrafficClass.Create(
            Direction.Out, Protocols.Udp, [(ushort)port], [IpKey.Parse(CollectorWorld.Victim)]),
    };
}
