// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Segments;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.StoreClient;
using Weir.Tests.Store;
using Weir.Wire;

namespace Weir.Tests.StoreProcess;

/// <summary>Evidence leaves for what follows from its grounds, on the store's own record, and for nothing
/// else.</summary>
public sealed class EvidenceGateTests
{
    private const long Begin = (Pairs.Day * 1_000L) + 3_600_000;

    private static readonly Endpoint Server = new(IpKey.Parse("203.0.113.9"), 443, Protocols.Tcp);
    private static readonly SubjectKey Subject = new(0x1234);
    private static readonly ScopeId Scope = new(7_000);

    [Fact]
    public async Task Right_grounds_give_the_rows_inside_on_the_record_and_wrong_ones_a_code()
    {
        await using var house = await StoreHouse.OpenAsync();
        await FillAsync(house);
        var order = Order(house);
        var evidence = new StoreEvidence(house.Requests, _ => order);

        var read = await evidence.ReadAsync(Filter(order), 100, default);
        var number = house.LastNumber();
        Assert.Equal(4, read.Count);
        Assert.All(read, row => Assert.Equal((Scope, Server), (row.Scope, row.Remote)));
        Assert.Equal([0L, 60_000L, 120_000L, 180_000L], read.Select(row => row.StartMs - Begin));
        Assert.Equal(2, (await ((IEvidence)evidence).ReadAsync(Filter(order), 2, default)).Count);
        Assert.Equal(4, await ((IEvidence)evidence).CountAsync(Filter(order), default));

        var refusals = new List<string>();
        foreach (var (code, forged, filter) in Forgeries(house, order))
        {
            refusals.Add(code);
            var asking = new StoreEvidence(house.Requests, _ => forged);
            Assert.Equal(code, (await Assert.ThrowsAsync<PeerRefusedException>(
                () => asking.ReadAsync(filter ?? Filter(forged), 100, default))).Code);
        }

        var status = await new StoreReports(house.Desk).StatusAsync(default);
        Assert.Equal(refusals.CountBy(code => code).OrderBy(c => c.Key), status.Refused.Select(
            c => KeyValuePair.Create(c.Key, (int)c.Value)).OrderBy(c => c.Key));
        Assert.Equal(2, status.Released[StoreRoutes.ReadEvidence]);

        var chain = await house.ChainAsync();
        var entry = chain.First(e => e.Request == number);
        Assert.Equal(
            (AuditActions.ReadEvidence, AuditActions.Allow, Scope.ToString(), 4L, EvidenceDigest.Compute(read), "weir-desk", "desk"),
            (entry.Act, entry.Outcome, entry.Scope, entry.Rows, entry.ResultDigest, entry.Actor, entry.Role));
        Assert.Equal(refusals, chain.Where(e => e.Outcome != AuditActions.Allow).Select(e => e.Outcome));

        // Whoever verifies finds each of them on the desk's chain, before it went.
        Assert.All(house.DeskChain.Entries, e => Assert.Equal(
            (AuditActions.AskStore, Scope.ToString()), (e.Act, e.Scope)));
        Assert.Equal(
            chain.Select(e => e.Request), house.DeskChain.Entries.Select(e => e.Request));
    }

    [Trait("Attack", "41")]
    [Fact]
    public async Task A_scope_that_is_long_over_is_read_by_nobody()
    {
        await using var house = await StoreHouse.OpenAsync();
        await FillAsync(house);
        var order = Order(house);
        var evidence = new StoreEvidence(house.Requests, _ => order);
        Assert.Equal(4, (await evidence.ReadAsync(Filter(order), 100, default)).Count);

        house.Time.Step = TimeSpan.FromDays(100);
        await RefusedAsync();
        house.Time.Step = TimeSpan.FromDays(-10);
        Assert.Equal(4, (await evidence.ReadAsync(Filter(order), 100, default)).Count);
        Assert.Contains(await house.ChainAsync(), one => one.Outcome == StoreCodes.ScopeOver);

        async Task RefusedAsync() => Assert.Equal(
            StoreCodes.ScopeOver,
            (await Assert.ThrowsAsync<PeerRefusedException>(
                () => evidence.ReadAsync(Filter(order), 100, default))).Code);
    }

    [Fact]
    public async Task A_check_after_a_clean_up_is_counted_and_never_read()
    {
        await using var house = await StoreHouse.OpenAsync();
        await FillAsync(house);
        var check = Order(house) with { Purpose = Purpose.RemediationCheck, FromMs = Begin };
        var evidence = new StoreEvidence(house.Requests, _ => check);
        Assert.Equal(4, await ((IEvidence)evidence).CountAsync(Filter(check), default));
        Assert.Equal(StoreCodes.CountOnly, (await Assert.ThrowsAsync<PeerRefusedException>(
            () => ((IEvidence)evidence).ReadAsync(Filter(check), 10, default))).Code);
        Assert.Contains(await house.ChainAsync(), e => e.Act == AuditActions.CheckRemediation && e.Rows == 4);
    }

    /// <summary>The desk numbers scopes; a number opens what was recorded for the same grounds, and nothing else.
    /// </summary>
    [Trait("Attack", "17")]
    [Fact]
    public async Task The_number_of_anothers_scope_opens_nothing_of_it()
    {
        await using var house = await StoreHouse.OpenAsync();
        var order = Order(house);
        await FillAsync(house, ScopeBasis.Of(order));
        var other = Contact(new SubjectKey(0x4321), Begin);
        var late = Contact(Subject, Begin + 1_000);

        Assert.Equal(4, await CountAsync(house, order));
        Assert.Equal(0, await CountAsync(house, Order(house, other) with { Case = new CaseId(2) }));
        Assert.Equal(0, await CountAsync(house, order with { Purpose = Purpose.RemediationCheck, FromMs = Begin }));
        Assert.Equal(0, await CountAsync(house, Order(house, late) with { FromMs = order.FromMs + 1_000 }));
        Assert.Equal(0, await CountAsync(house, order with { Class = order.Class with { Direction = Direction.Out } }));

        // The vault's word that the subject goes by another name now, for this case and not for another.
        var grant = new Grant(
            GrantKind.Reissue, $"{order.Case}-2", new SubjectKey(0x777), 2, null, 0, 0, order.Case, Subject);
        var renamed = order with
        {
            Subject = grant.Subject, Epoch = 2, Grounds = [.. order.Grounds, GrantDocument.Sign(grant, house.Vault)],
        };
        Assert.Equal(4, await CountAsync(house, renamed));
        Assert.Equal("other-subject", (await Assert.ThrowsAsync<PeerRefusedException>(
            () => CountAsync(house, renamed with { Case = new CaseId(2) }))).Code);
    }

    [Fact]
    public async Task A_sealed_scope_is_given_to_nobody()
    {
        await using var house = await StoreHouse.OpenAsync();
        await FillAsync(house);
        var doubtful = Event() with { Doubt = EvidenceDoubt.NewStream, CorroboratedMs = 0 };
        var order = Order(house, doubtful);
        var evidence = new StoreEvidence(house.Requests, _ => order);
        var code = DenyCodes.ToName(DenyCode.NotCorroborated);

        Assert.Equal(code, (await Assert.ThrowsAsync<PeerRefusedException>(
            () => evidence.ReadAsync(Filter(order), 100, default))).Code);
        Assert.Equal(code, (await Assert.ThrowsAsync<PeerRefusedException>(
            () => evidence.CountAsync(Filter(order), default))).Code);
        Assert.Equal(2, (await house.ChainAsync()).Count(entry => entry.Outcome == code));
    }

    [Fact]
    public async Task What_was_erased_does_not_come_back_with_a_late_segment()
    {
        await using var house = await StoreHouse.OpenAsync();
        await FillAsync(house);
        var order = Order(house);
        var evidence = new StoreEvidence(house.Requests, _ => order);
        var other = new ScopeId(7_001);
        var late = Assert.Single(house.Segments(
            spool => spool.Write([Row(9), Row(10), Row(11) with { Scope = other }])));
        var wholly = Assert.Single(house.Segments(spool => spool.Write([Row(12)])));

        await evidence.EraseAsync([Scope], default);
        Assert.Equal(0, await evidence.CountAsync(Filter(order), default));

        await house.StartAgainAsync();
        evidence = new StoreEvidence(house.Requests, _ => order);
        foreach (var (name, octets) in new[] { late, late, wholly, wholly })
        {
            using var body = new MemoryStream(octets, writable: false);
            _ = await new StoreSegments(house.Edge).SendAsync(name, body, isInDoubt: true, default);
        }

        Assert.Equal(0, await evidence.CountAsync(Filter(order), default));
        // What is left is of other scopes.
        Assert.Equal(2UL, await house.Store.Client.ScalarAsync<ulong>(
            "SELECT count() FROM evidence WHERE scope != 7000", default));
        Assert.Contains(
            await house.ChainAsync(), e => e.Act == AuditActions.EraseEvidence && e.Scope == Scope.ToString());
    }

    /// <summary>What a desk that cannot be believed might send, with the code that it gets.</summary>
    private static IEnumerable<(string Code, ScopeOrder Order, RowFilter? Filter)> Forgeries(
        StoreHouse house, ScopeOrder right)
    {
        using var nobody = SigningKey.Create();
        var forged = EventDocument.Sign(Event(), nobody);
        yield return ("unknown-key", right with { Grounds = [forged] }, null);
        yield return ("wrong-role", right with { Grounds = [EventDocument.Sign(Event(), house.Vault)] }, null);
        yield return ("bad-signature", right with { Grounds = [Altered(right.Grounds[0])] }, null);
        yield return ("no-grounds", right with { Grounds = [] }, null);
        yield return ("other-subject", right with { Subject = new SubjectKey(0x4321) }, null);
        var wide = right.Class with { RemotePorts = [], Remotes = [] };
        yield return ("other-class", right with { Class = wide }, null);
        yield return ("other-purpose", right with { Purpose = Purpose.SpamSource }, null);
        yield return ("too-early", right with { FromMs = right.FromMs - 60_000 }, null);
        yield return ("too-late", right with { UntilMs = right.UntilMs + 60_000 }, null);
        yield return ("too-long", right with { ExpiresMs = right.ExpiresMs + 86_400_000 }, null);
        yield return (StoreCodes.OutOfScope, right, new RowFilter(
            Scope, wide, right.FromMs, right.UntilMs, ScopeFields.All));
        yield return (StoreCodes.OutOfScope, right, new RowFilter(
            Scope, right.Class, right.FromMs - 1, right.UntilMs, ScopeFields.All));
        yield return (StoreCodes.OutOfScope, right, new RowFilter(
            Scope, right.Class, right.FromMs, right.ExpiresMs + 1, ScopeFields.All));
    }

    private static Envelope Altered(Envelope right)
    {
        var payload = right.Payload.ToArray();
        payload[^2] ^= 1;
        Assert.Equal(EnvelopeFault.None, Envelope.TryCreate(
            right.Type, right.Version, right.Key, payload, right.Signature.ToArray(), out var altered));
        return altered!;
    }

    private static RowFilter Filter(ScopeOrder order) =>
        new(order.Id, order.Class, order.FromMs, order.UntilMs, ScopeFields.All);

    private static Task<long> CountAsync(StoreHouse house, ScopeOrder order) =>
        new StoreEvidence(house.Requests, _ => order).CountAsync(Filter(order), default);

    private static ScopeOrder Order(StoreHouse house) => Order(house, Event());

    private static ScopeOrder Order(StoreHouse house, QualityEvent quality) => new()
    {
        Id = Scope,
        Case = new CaseId(1),
        Subject = quality.Subject,
        Epoch = Epochs.At(Begin),
        Class = Event().Class!.Predicate,
        Purpose = Purpose.CncContact,
        FromMs = Begin - Weir.Contracts.Scopes.Scope.BeforeMs,
        UntilMs = Begin + 60_000 + Weir.Contracts.Scopes.Scope.AfterMs,
        ExpiresMs = Begin + Weir.Contracts.Scopes.Scope.CapMs,
        Grounds = [EventDocument.Sign(quality, house.Collector)],
    };

    private static readonly FlowSource Router = new(IpKey.Parse("192.0.2.1"), 3, 7);

    private static QualityEvent Event() => Contact(Subject, Begin);

    private static QualityEvent Contact(SubjectKey subject, long fromMs) => CncContactEvents.From(
        [new Sighting(subject, Server, "listed", ContactKind.Exchange, fromMs, Begin + 60_000, 1, Source: Router)])[0];

    private static async Task FillAsync(StoreHouse house, ulong basis = ScopeBasis.None)
    {
        EvidenceRow[] rows =
        [
            Row(0), Row(1), Row(2), Row(3), Row(1) with { Scope = new ScopeId(6_999) },
            Row(2) with { Remote = Server with { Port = 80 } }, Row(600),
        ];
        foreach (var (name, octets) in house.Segments(
            spool => spool.Write([.. rows.Select(row => row with { Basis = basis })])))
        {
            using var body = new MemoryStream(octets, writable: false);
            _ = await new StoreSegments(house.Edge).SendAsync(name, body, isInDoubt: false, default);
        }
    }

    private static EvidenceRow Row(int minute) => new()
    {
        Scope = Scope,
        StartMs = Begin + (minute * 60_000L),
        EndMs = Begin + (minute * 60_000L) + 500,
        Remote = Server,
        PacketsOut = 5,
        PacketsIn = 4,
        OctetsOut = 500,
        OctetsIn = 400,
        FlagsOut = 0x1B,
        FlagsIn = 0x1A,
        SamplingInterval = 1,
    };
}
