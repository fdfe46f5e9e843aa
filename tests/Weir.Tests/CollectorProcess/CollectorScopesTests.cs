// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Collector.Keys;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Contracts.Signing;
using Weir.Hosting.Health;
using Weir.Wire;

namespace Weir.Tests.CollectorProcess;

/// <summary>Scopes: what follows from its grounds is recorded; what does not is refused by its code.</summary>
public sealed class CollectorScopesTests
{
    private static ScopeOrder Order(CollectorWorld world, QualityEvent quality, SigningKey? signer = null) =>
        ProvisionalScope.From(quality, EventDocument.Sign(quality, signer ?? world.Key), ScopeLimits.Default)! with
        {
            Id = new ScopeId(quality.Number), Case = new CaseId(7),
        };

    /// <summary>The number that an event's own scope has.</summary>
    private static ScopeId OwnNumber(CollectorWorld world, QualityEvent quality) =>
        ProvisionalScope.From(quality, EventDocument.Sign(quality, world.Key), ScopeLimits.Default)!.Id;

    [Fact]
    public async Task A_scope_with_right_grounds_is_in_force_and_its_flows_are_evidence_at_the_store()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        await world.SendAsync(process, 5);
        await world.SendAsync(process, 5, port: 53);
        await world.UntilAsync(() => world.Desk.Status?.Flows.Attributed == 10, "flows of before");

        var order = Order(world, world.Flood(99));
        world.Desk.Order(ScopeOrderFields.From(order));
        await world.UntilAsync(() => world.Desk.Reports.Count > 0, "a report");
        await world.SendAsync(process, 5);
        await world.SendAsync(process, 5, port: 53);
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Evidence) >= 10, "evidence");
        await world.PassAsync(TimeSpan.FromSeconds(15));

        var report = Assert.Single(world.Desk.Reports);
        Assert.Equal((order.Id.ToString(), null), (report.Scope, report.Refused));
        Assert.NotNull(report.WholeSinceMs);
        var rows = await world.Store.EvidenceAsync();
        Assert.Equal(10, rows.Count);
        Assert.All(rows, row => Assert.Equal((99UL, IpKey.Parse(CollectorWorld.Victim).Bits), (row.Scope, row.Remote)));
        Assert.All(await world.Store.BasesAsync(), basis => Assert.Equal(ScopeBasis.Of(order), basis));

        world.Desk.End(order.Id.ToString());
        await world.UntilAsync(() => world.Desk.Status?.Held.Scopes == 0, "the scope is over");
    }

    [Theory]
    [InlineData("foreign-key", "unknown-key")]
    [InlineData("other-subject", "other-subject")]
    [InlineData("wider-class", "other-class")]
    [InlineData("too-long", "too-long")]
    [InlineData("too-early", "too-early")]
    [InlineData("no-grounds", "no-grounds")]
    [InlineData("not-ours", "no-such-subject")]
    [InlineData("garbage", "malformed")]
    public async Task A_forged_order_is_refused_by_its_code_counted_said_and_never_watched(string forgery, string code)
    {
        await using var world = new CollectorWorld();
        using var stranger = SigningKey.Create();
        var process = await world.StartAsync();
        var order = Order(world, world.Flood(99));
        var wide = order.Class with { RemotePorts = [], Remotes = [] };
        var forged = ScopeOrderFields.From(forgery switch
        {
            "foreign-key" => Order(world, world.Flood(99), stranger),
            "other-subject" => order with { Subject = new SubjectKey(IpKey.Parse("10.0.0.8").Bits) },
            "wider-class" => order with { Class = wide },
            "too-long" => order with { ExpiresMs = order.ExpiresMs + (60 * 60_000) },
            "too-early" => order with { FromMs = order.FromMs - 1 },
            "no-grounds" => order with { Grounds = [] },
            "not-ours" => Order(world, world.Flood(99, "192.0.2.77")),
            _ => order,
        });
        world.Desk.Order(forgery == "garbage" ? forged with { Purpose = "curiosity" } : forged);
        await world.UntilAsync(() => world.Desk.Reports.Count > 0, "a report");
        await world.SendAsync(process, 5);
        await world.UntilAsync(() => world.Desk.Status?.RefusedOrders.Count > 0, "the status tells");
        await world.PassAsync(TimeSpan.FromSeconds(20));
        await process.StopAsync(CancellationToken.None);
        await process.DisposeAsync();

        var report = Assert.Single(world.Desk.Reports);
        Assert.Equal((forged.Id, null, code), (report.Scope, report.WholeSinceMs, report.Refused));
        Assert.Equal(1, world.Desk.Status!.RefusedOrders[code]);
        Assert.Equal(1, world.Counted[$"weir.scopes.refused{{reason={code}}}"]);
        Assert.Contains(code, Assert.Single(world.Logs.Of(1241)), StringComparison.Ordinal);
        Assert.Empty(await world.Store.EvidenceAsync());
        Assert.Equal(0, world.Counted["weir.scopes.watched{state=ordered}"]);
        Assert.Contains(
            $"\"outcome\":\"{code}\"", string.Concat(Directory.GetFiles(
                Path.Combine(world.Folder, "audit"), "*", SearchOption.AllDirectories).Select(File.ReadAllText)),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_own_event_is_recorded_at_once_while_the_desk_is_away_and_joins_the_order_when_it_comes()
    {
        await using var world = new CollectorWorld();
        world.Peers.Stop("desk");
        var process = await world.StartAsync();
        var flood = world.Flood(5);
        CollectorWorld.Raise(process, flood);
        await world.UntilAsync(() => world.Counted["weir.scopes.watched{state=provisional}"] == 1, "it is recorded");
        await world.SendAsync(process, 5);
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Evidence) == 5, "evidence");
        Assert.All(
            await world.Store.EvidenceAsync(),
            row => Assert.Equal(OwnNumber(world, flood).Number, row.Scope));

        world.Peers.Start("desk", world.Desk.Routes());
        await world.UntilAsync(() => world.Desk.Envelopes.Count == 1, "the desk has the event", TimeSpan.FromSeconds(1));
        var order = Order(world, flood) with { Grounds = [world.Desk.Envelopes[0]] };
        world.Desk.Order(ScopeOrderFields.From(order));
        await world.UntilAsync(() => world.Desk.Reports.Count == 1, "a report", TimeSpan.FromSeconds(1));
        Assert.Equal(
            (1d, 0d), (world.Counted["weir.scopes.watched{state=ordered}"],
                world.Counted["weir.scopes.watched{state=provisional}"]));
    }

    [Fact]
    public async Task An_order_under_the_events_own_number_goes_on_with_what_was_recorded()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        var flood = world.Flood(5);
        CollectorWorld.Raise(process, flood);
        await world.UntilAsync(() => world.Desk.Envelopes.Count == 1, "the desk has the event");
        await world.SendAsync(process, 5);
        world.Desk.Order(ScopeOrderFields.From(Order(world, flood) with { Id = OwnNumber(world, flood) }));
        await world.UntilAsync(() => world.Desk.Reports.Count == 1, "a report");
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Evidence) >= 5, "evidence");
        await world.PassAsync(TimeSpan.FromSeconds(12));
        Assert.Equal(5, (await world.Store.EvidenceAsync()).Count);
        Assert.Null(world.Desk.Reports[0].Refused);
    }

    [Fact]
    public async Task An_event_that_grows_lets_the_scope_slide_without_the_desk_and_one_that_does_not_ends()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        var flood = world.Flood(5);
        world.Desk.Order(ScopeOrderFields.From(Order(world, flood)));
        await world.UntilAsync(() => world.Desk.Reports.Count == 1, "a report");
        world.Peers.Stop("desk");
        await world.PassAsync(TimeSpan.FromMinutes(14), TimeSpan.FromSeconds(10));
        CollectorWorld.Raise(process, flood with { Phase = EventPhase.Grown, UntilMs = world.NowMs });
        await world.PassAsync(TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(5));
        await world.SendAsync(process, 5);
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Evidence) == 5, "evidence after the first end");
        Assert.Equal(0, world.Counted["weir.scopes.watched{state=provisional}"]);

        CollectorWorld.Raise(process, world.Flood(6, "10.0.0.9"));
        await world.UntilAsync(() => world.Counted["weir.scopes.watched{state=provisional}"] == 1, "another");
        await world.UntilAsync(
            () => world.Counted["weir.scopes.watched{state=provisional}"] == 0, "it is over", TimeSpan.FromSeconds(5));
    }

    /// <summary>A replay, an exporter whose clock is hours behind: the scope's end is long past by our clock while its
    /// flows still come.</summary>
    [Fact]
    public async Task Flows_of_hours_ago_are_evidence_once_though_the_scopes_end_slides()
    {
        await using var world = new CollectorWorld { Behind = TimeSpan.FromHours(2) };
        var process = await world.StartAsync();
        var past = world.NowMs - (2 * 3_600_000);
        var flood = world.Flood(99) with { FromMs = past - 60_000, UntilMs = past, TriggeredMs = past };
        world.Desk.Order(ScopeOrderFields.From(Order(world, flood)));
        await world.UntilAsync(() => world.Desk.Reports.Count == 1, "a report");
        await world.SendAsync(process, 5);
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Evidence) == 5, "evidence");
        await world.PassAsync(TimeSpan.FromMinutes(3));

        var grown = flood with { Phase = EventPhase.Grown, UntilMs = past + 300_000 };
        world.Desk.Order(ScopeOrderFields.From(Order(world, grown)));
        await world.UntilAsync(() => world.Desk.Reports.Count == 2, "it slides");
        await world.PassAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(5, (await world.Store.EvidenceAsync()).Count);
        await world.PassAsync(TimeSpan.FromMinutes(62), TimeSpan.FromSeconds(10));
        await world.UntilAsync(() => world.Counted["weir.scopes.watched{state=ordered}"] == 0, "it is over by itself");
    }

    [Fact]
    public async Task A_key_that_comes_later_puts_the_scope_in_force_later()
    {
        await using var world = new CollectorWorld();
        var keys = new LateKeys();
        var process = await world.StartAsync(options => options with { Keys = keys });
        using var names = Pseudonymizer.UnderKey(keys.Key);
        var named = world.Flood(99) with { Subject = names.Pseudonymize(IpKey.Parse(CollectorWorld.Line)) };
        world.Desk.Order(ScopeOrderFields.From(Order(world, named)));
        await world.UntilAsync(() => world.Desk.Reports.Count == 1, "a refusal");
        Assert.Equal("no-key", world.Desk.Reports[0].Refused);
        await world.SendAsync(process, 5);
        await world.UntilAsync(() => world.Desk.Status?.Flows.Unattributed == 5, "flows without a name");

        keys.IsThere = true;
        await world.UntilAsync(() => world.Desk.Reports.Count == 2, "in force", TimeSpan.FromSeconds(1));
        Assert.Null(world.Desk.Reports[1].Refused);
        await world.SendAsync(process, 5);
        await world.UntilAsync(() => world.Store.Rows(SegmentKind.Evidence) == 5, "evidence");
    }

    [Fact]
    public async Task A_desk_that_starts_anew_says_all_that_is_in_force_and_the_rest_is_over()
    {
        await using var world = new CollectorWorld();
        await world.StartAsync();
        world.Desk.Order(
            ScopeOrderFields.From(Order(world, world.Flood(1))),
            ScopeOrderFields.From(Order(world, world.Flood(2, "10.0.0.8"))));
        await world.UntilAsync(() => world.Counted["weir.scopes.watched{state=ordered}"] == 2, "two scopes");
        world.Peers.Stop("desk");
        world.Desk.End(new ScopeId(1).ToString());
        world.Desk.Generation = "two";
        world.Peers.Start("desk", world.Desk.Routes());
        await world.UntilAsync(
            () => world.Counted["weir.scopes.watched{state=ordered}"] == 1, "one is over", TimeSpan.FromSeconds(1));
    }

    /// <summary>The desk's own user may say anything, and the collector goes on.</summary>
    [Trait("Attack", "17")]
    [Fact]
    public async Task A_null_among_the_desks_orders_ends_nothing_and_the_next_right_one_is_in_force()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        var order = ScopeOrderFields.From(Order(world, world.Flood(99)));
        world.Desk.Order(order with { Grounds = [null!] });
        await world.UntilAsync(() => world.Health.Read().Parts.Single(part => part.Part == "scopes").Health.State
            != HealthState.Ok, "health tells");
        await world.SendAsync(process, 5);
        await world.UntilAsync(() => world.Desk.Status?.Flows.Attributed == 5, "flows go on");
        Assert.Contains("holds null", world.Health.Read().ToJson(), StringComparison.Ordinal);

        world.Desk.Order(order);
        world.Desk.Generation = "two";
        await world.UntilAsync(() => world.Desk.Reports.Count == 1, "a report", TimeSpan.FromSeconds(1));
        Assert.Null(world.Desk.Reports[0].Refused);
    }

    [Theory]
    [InlineData("subject")]
    [InlineData("class")]
    [InlineData("begin")]
    public async Task A_scope_in_force_changes_its_end_and_nothing_else(string what)
    {
        await using var world = new CollectorWorld();
        _ = await world.StartAsync();
        var flood = world.Flood(99);
        var changed = what switch
        {
            "subject" => world.Flood(99, "10.0.0.8"),
            "class" => flood with { Class = TrafficClass.Create(
                Direction.Out, Protocols.Udp, [7704], [IpKey.Parse(CollectorWorld.Victim)]) },
            _ => flood with { FromMs = flood.FromMs - 1 },
        };
        world.Desk.Order(ScopeOrderFields.From(Order(world, flood)));
        await world.UntilAsync(() => world.Desk.Reports.Count == 1, "it is in force");
        world.Desk.Order(ScopeOrderFields.From(Order(world, changed)));
        await world.UntilAsync(() => world.Desk.Reports.Count == 2, "a report");

        Assert.Equal((null, "changed-scope"), (world.Desk.Reports[0].Refused, world.Desk.Reports[1].Refused));
    }

    private sealed class LateKeys : ICollectorKeys, IEpochKeySource
    {
        public byte[] Key { get; } = RandomNumberGenerator.GetBytes(32);

        public bool IsThere { get; set; }

        public IEpochKeySource? Epochs => this;

        public CurrentIntakeTable? Leases => null;

        public string Fault => IsThere ? "" : "the vault does not answer";

        public Task RefreshAsync(CancellationToken cancel) => Task.CompletedTask;

        public bool Has(uint epoch) => IsThere;

        public byte[] GetKey(uint epoch) =>
            IsThere ? (byte[])Key.Clone() : throw new EpochKeyException("the vault was not asked yet");

        public ulong CohortOf(uint epoch) => throw new EpochKeyException("not for a collector");
    }
}
