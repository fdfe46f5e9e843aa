// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;

namespace Weir.Tests.CollectorProcess;

/// <summary>What the vault is told of lines under a check: a boolean each, and of nobody else.</summary>
public sealed class LineActivityTests : IAsyncDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    private readonly CollectorWorld _world = new();
    private readonly ConcurrentQueue<LineActivityReport> _told = new();

    public LineActivityTests() => _world.Peers.Start("vault", new PeerRoutes().Post(
        VaultRoutes.LineActivity, PeerRoles.Collector, VaultJson.Default.LineActivityReport, VaultJson.Default.Done,
        (_, report, _) =>
        {
            _told.Enqueue(report);
            return Task.FromResult(Done.It);
        }));

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task A_line_under_a_check_is_active_while_it_sends_and_not_while_it_is_silent()
    {
        var process = await StartAsync();
        await _world.SendAsync(process, 5);
        await _world.PassAsync(Period * 2);
        Assert.Empty(_told);

        await CheckAsync(Check(_world.Flood(99)));
        await _world.UntilAsync(() => !_told.IsEmpty, "the vault hears");
        await _world.PassAsync(TimeSpan.FromMinutes(5));
        Assert.False(Line().WasActive);

        await _world.SendAsync(process, 5, port: 53);
        await _world.UntilAsync(() => Line().WasActive, "it sends something else, and is active");
        await _world.PassAsync(TimeSpan.FromMinutes(5));
        Assert.False(Line().WasActive);

        // What only comes to it does not count: anybody can send to a line that is unplugged.
        await _world.SendAsync(process, 5, isAnswer: true);
        await _world.PassAsync(Period * 3);
        Assert.All(_told.TakeLast(3), report => Assert.False(report.Lines.Single().WasActive));
        Assert.All(_told, report => Assert.Equal(new CaseId(7).ToString(), Assert.Single(report.Lines).Case));
    }

    [Fact]
    public async Task A_check_of_mail_asks_whether_the_line_is_active_and_records_no_mail()
    {
        var process = await StartAsync();
        var spam = _world.Flood(98) with
        {
            Rule = RuleId.Spam, Unit = "connections/min", Class = TrafficClass.Create(Direction.Out, Protocols.Udp, [7703], [], trait: FlowTrait.Mail),
        };
        await CheckAsync(Check(spam));
        await _world.SendAsync(process, 5);

        await _world.UntilAsync(() => _told.Any(report => report.Lines.Any(line => line.WasActive)), "it is active");
        await _world.PassAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _world.Store.Rows(SegmentKind.Evidence));
    }

    [Fact]
    public async Task What_the_vault_could_not_hear_it_hears_later()
    {
        var process = await StartAsync();
        await CheckAsync(Check(_world.Flood(99)));
        await _world.UntilAsync(() => !_told.IsEmpty, "the vault hears");
        _world.Peers.Fate = call => call.Path == VaultRoutes.LineActivity ? MemoryFate.LoseRequest : MemoryFate.Deliver;
        await _world.SendAsync(process, 5);
        await _world.PassAsync(TimeSpan.FromMinutes(3));
        Assert.DoesNotContain(_told, report => report.Lines.Any(line => line.WasActive));

        _world.Peers.Fate = _ => MemoryFate.Deliver;
        await _world.UntilAsync(() => _told.Any(report => report.Lines.Any(line => line.WasActive)), "it hears later");
        Assert.All(_told.Zip(_told.Skip(1)), two => Assert.Equal(two.First.UntilMs, two.Second.FromMs));
    }

    private Task<Weir.Collector.Composing.CollectorProcess> StartAsync() => _world.StartAsync(options => options with
    {
        Vault = _world.Peers.Client(new Peer("collector", PeerRoles.Collector), "vault"), ActivityPeriod = Period,
    });

    private async Task CheckAsync(ScopeOrder check)
    {
        var before = _world.Desk.Reports.Count;
        _world.Desk.Order(ScopeOrderFields.From(check));
        await _world.UntilAsync(() => _world.Desk.Reports.Count > before, "the check is in force");
        Assert.Null(_world.Desk.Reports[^1].Refused);
    }

    private LineActivity Line() => _told.Last().Lines.Single();

    private ScopeOrder Check(QualityEvent quality) =>
        ProvisionalScope.From(quality, EventDocument.Sign(quality, _world.Key), ScopeLimits.Default)! with
        {
            Id = new ScopeId(quality.Number), Case = new CaseId(7), Purpose = Purpose.RemediationCheck,
            FromMs = _world.NowMs, UntilMs = _world.NowMs + (14 * 86_400_000L),
            ExpiresMs = _world.NowMs + (14 * 86_400_000L),
        };
}
