// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Segments;
using Weir.Store.ClickHouse;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>Whom a block would hit, over rows in a real store, against the same rows counted by hand.</summary>
public sealed class CollateralCountsTests(Engines engines) : IClassFixture<Engines>
{
    private const uint Now = Pairs.Day + (20 * 86_400) + (12 * 3_600);

    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    [Theory, MemberData(nameof(Both))]
    public async Task Subjects_of_the_last_day_without_a_case_are_counted_once_each(Engine engine)
    {
        var store = engines.Get(engine);
        await StoreRows.EmptyAsync(store, "pairs");
        var server = Remote("203.0.113.9", 443);
        PairDigest[] rows =
        [
            .. Enumerable.Range(0, 1_500).Select(i => Row(i, server)),
            .. Enumerable.Range(0, 20).Select(i => Row(i, server, hoursAgo: 2)),
            .. Enumerable.Range(1_500, 30).Select(i => Row(i, Remote("203.0.113.9", 80))),
            .. Enumerable.Range(1_600, 7).Select(i => Row(i, Remote("203.0.113.10", 443))),
            Row(2_000, server, hoursAgo: 30), Row(2_001, server, packetsOut: 0), Row(2_002, Remote("2001:db8::9", 443)),
        ];
        await StoreRows.InsertAsync(store, rows, segment: 92);
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        time.Advance(TimeSpan.FromSeconds(Now));
        var counts = new CollateralCounts(store.Client, time);
        SubjectKey[] cases = [.. Enumerable.Range(200, 1_100).Select(Subject), Subject(9_999)];

        async Task<(int, int)> OfAsync(string target, params SubjectKey[] inCases)
        {
            var counted = await counts.CountAsync(MitigationTarget.Parse(target), inCases, default);
            Assert.Equal(time.GetUtcNow(), counted.CountedAt);
            return (counted.NonCaseSubjects, counted.Subjects);
        }

        Assert.Equal((1_500, 1_538), await OfAsync("flowspec 203.0.113.9/32 tcp 443 discard"));
        Assert.Equal((400, 1_538), await OfAsync("flowspec 203.0.113.9/32 tcp 443 discard", cases));
        Assert.Equal((1_530, 1_538), await OfAsync("flowspec 203.0.113.9/32 tcp 80,443 discard"));
        Assert.Equal((0, 1_538), await OfAsync("flowspec 203.0.113.9/32 udp 443 discard"));
        Assert.Equal((1_530, 1_538), await OfAsync("blackhole 203.0.113.9/32"));
        Assert.Equal((1_537, 1_538), await OfAsync("blackhole 203.0.113.8/30"));
        Assert.Equal((1, 1_538), await OfAsync("answer 2001:db8::9/128 nxdomain"));
    }

    private static Endpoint Remote(string address, ushort port) => new(IpKey.Parse(address), port, Protocols.Tcp);

    private static SubjectKey Subject(int i) => new((UInt128)(uint)(i + 1) * 7_919);

    private static PairDigest Row(int subject, Endpoint remote, uint hoursAgo = 1, ulong packetsOut = 2) =>
        Pairs.One(subject) with
        {
            HourSeconds = Now - (hoursAgo * 3_600),
            Subject = Subject(subject),
            Endpoint = remote,
            PacketsOut = packetsOut,
        };
}
