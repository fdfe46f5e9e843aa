// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Policy;
using Weir.Contracts.Segments;
using Weir.Store.LookBack;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>Who met a promoted endpoint, over rows in a real store, on both engines.</summary>
public sealed class PromotedContactsTests(Engines engines) : IClassFixture<Engines>
{
    private const uint Begin = Pairs.Day + (40 * 86_400);
    private const long BeginMs = Begin * 1_000L;
    private const long HourMs = 3_600_000;

    private static readonly Endpoint Server = new(IpKey.Parse("192.0.2.80"), 8443, Protocols.Tcp);
    private static readonly Endpoint Datagrams = new(IpKey.Parse("2001:db8::80"), 53, Protocols.Udp);

    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    [Theory, MemberData(nameof(Both))]
    public async Task Exchanges_with_the_promoted_endpoint_alone_are_found_one_for_each_subject(Engine engine)
    {
        var store = engines.Get(engine);
        await StoreRows.EmptyAsync(store, "pairs");
        PairDigest[] rows =
        [
            Row(1, Server), Row(1, Server, hour: 5), Row(1, Server, hour: 5, firstMs: 200_000), // three rows, two hours
            // too little for TCP by sums alone
            Row(2, Server, sent: 2, got: 2), Row(2, Server, sent: 2, got: 2, hour: 1, twoWay: false),
            Row(3, Server, twoWay: false), Row(4, Server with { Port = 443 }),
            Row(5, Server with { Protocol = Protocols.Udp }),
            Row(6, Server with { Address = IpKey.Parse("192.0.2.81") }), Row(7, Server, sent: 0, got: 9),
            Row(8, Server, sent: 400, got: 0), // one direction: implied, sampled
            Row(9, Server, hour: 30), Row(10, Server with { Port = 0 }), Row(11, Datagrams, sent: 1, got: 1),
            // enough within the hour
            Row(12, Server, sent: 2, got: 2, hour: 3), Row(12, Server, sent: 2, got: 1, hour: 3),
        ];
        await StoreRows.InsertAsync(store, rows, segment: 93);
        var contacts = new PromotedContacts(store.Client);

        var met = await contacts.WhoMetAsync(Leave(Server), BeginMs, BeginMs + (24 * HourMs), 100, default);

        Assert.False(met.IsCut);
        Assert.Equal([Subject(1), Subject(7), Subject(8), Subject(12)], met.Contacts.Select(c => c.Subject).Order());
        Assert.All(
            met.Contacts, c => Assert.Equal((Server, PromotedList.Name, ListRole.C2), (c.Endpoint, c.List, c.Role)));
        var one = met.Contacts.Single(c => c.Subject == Subject(1));
        Assert.Equal((ContactKind.Exchange, 2u, BeginMs + 1_000, BeginMs + (5 * HourMs) + 202_000), (
            one.Kind, one.Contacts, one.FirstMs, one.LastMs));
        Assert.Equal([Subject(7), Subject(8)], met.Contacts
            .Where(c => c.Kind == ContactKind.OneSided).Select(c => c.Subject).Order());
        Assert.Equal([Subject(11)], (await contacts.WhoMetAsync(Leave(Datagrams), BeginMs, BeginMs
            + (24 * HourMs), 100, default)).Contacts.Select(c => c.Subject));
        Assert.Equal([Subject(9)], (await contacts.WhoMetAsync(Leave(Server), BeginMs
            + (24 * HourMs), BeginMs + (48 * HourMs), 100, default)).Contacts.Select(c => c.Subject));

        var cut = await contacts.WhoMetAsync(Leave(Server), BeginMs, BeginMs + (24 * HourMs), 2, default);
        Assert.True(cut.IsCut);
        Assert.Equal(2, cut.Contacts.Count);
    }

    [Fact]
    public async Task Leave_for_anything_else_searches_nothing()
    {
        var contacts = new PromotedContacts(engines.Get(Engine.Embedded).Client);
        foreach (var leave in new[]
        {
            Leave(Server, Permission.Block),
            Leave(Server, Permission.ReviewCandidate),
            Leave(Server with { Port = 0 }),
            new Approval(Given("20261122T200000Z.1", Permission.Promote), DateTimeOffset.MaxValue)
        })
        {
            await Assert.ThrowsAsync<ArgumentException>(
                () => contacts.WhoMetAsync(leave, BeginMs, BeginMs + HourMs, 100, default));
        }
    }

    private static Approval Leave(Endpoint endpoint, Permission deed = Permission.Promote) =>
        new(Given(endpoint.ToString(), deed), DateTimeOffset.MaxValue);

    private static StoredApproval Given(string target, Permission deed) => new()
    {
        Number = 1,
        Deed = deed,
        Target = target,
        AskedBy = "ana",
        AskedRole = Role.Analyst,
        Reason = "beacons",
        AskedAt = DateTimeOffset.UnixEpoch,
        GivenBy = "olaf",
        GivenRole = Role.Operator,
        GivenAt = DateTimeOffset.UnixEpoch,
    };

    private static SubjectKey Subject(int i) => new((UInt128)(uint)i * 7_919);

    private static PairDigest Row(
        int subject, Endpoint endpoint, uint hour = 0, ulong sent = 5, ulong got = 4, bool twoWay = true,
        long firstMs = 1_000) =>
        new()
        {
            HourSeconds = Begin + (hour * 3_600), Subject = Subject(subject), Endpoint = endpoint, TwoWay = twoWay
                ? (byte)1
                : (byte)0, Flows = 1, PacketsOut = sent, PacketsIn = got, OctetsOut = 100, OctetsIn = 100,
            FirstMs = BeginMs + (hour * HourMs) + firstMs, LastMs = BeginMs + (hour * HourMs) + firstMs + 2_000,
        };
}
