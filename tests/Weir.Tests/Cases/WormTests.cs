// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Store.Engine;
using Weir.Tests.Digesting;
using Weir.Tests.Store;
using Weir.Wire;
using Weir.Wire.Native;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>A worm: ten thousand lines trip a rule at once, while flows go on.</summary>
public sealed class WormTests : IDisposable
{
    private const int Infected = 10_000;
    private const int Subjects = 12_000;
    private const long From = RandomFlows.Noon;
    private const long Until = From + 600_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-worm-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ten_thousand_events_open_ten_thousand_scopes_and_no_row_of_them_is_lost()
    {
        await using var store = await FlowStore.OpenAsync(
            new() { Embedded = _folder }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { CommandLine = Engines.CommandLine });
        await using var place = await RealStoreFixture.OpenAsync(store, From);
        var random = new Random(5);
        Flow[] flows = [.. Enumerable.Range(0, 200_000).Select(_ => RandomFlows.One(random, From, Until, Subjects))];
        for (var sent = 0; sent < 100_000; sent += 1_000)
        {
            await SendAsync(place, flows.AsMemory(sent, 1_000));
        }

        var handling = place.Desk.RunAsync(default);
        using var done = new CancellationTokenSource();
        var following = place.FollowAsync(done.Token);
        var taking = Task.Run(async () =>
        {
            foreach (var some in Enumerable.Range(0, Infected).Chunk(EventBatch.Max))
            {
                await place.Desk.ReceiveAsync([.. some.Select(i => place.Keys.Sign(Contact(random, i)))], default);
            }
        });
        for (var sent = 100_000; sent < flows.Length; sent += 1_000)
        {
            await SendAsync(place, flows.AsMemory(sent, 1_000));
        }

        await taking;
        place.Desk.Complete();
        await handling;
        await done.CancelAsync();
        await following;
        await place.SettleAsync();

        var scopes = place.Scopes.ToList();
        Assert.Equal((Infected, 0L, Infected), (
            place.Desk.Taken, place.Desk.Refused, scopes.Select(s => s.Scope.Subject).Distinct().Count()));
        Assert.Equal("", place.Desk.Fault);
        var bySubject = flows.ToLookup(flow => flow.Subject);
        var expected = scopes.SelectMany(s => RandomFlows.Expected(
            [new(s.Scope.Id, new(s.Scope.Subject.Pseudonym), s.Scope.Class.Predicate, s.Scope.FromMs, s.UntilMs)],
            [.. bySubject[new(s.Scope.Subject.Pseudonym)]])).ToList();
        Assert.True(expected.Count > 5_000, "the scopes met next to nothing");
        Assert.Equal(Sums(expected), await SumsAsync(store));

        Assert.Equal(scopes.Select(s => s.Scope.Id.Number).Order(), (await place.RestartedAsync()).Watched.Keys
            .Select(id => id.Number).Order());
        var verdict = AuditVerifier.Verify(place.AuditFolder);
        Assert.True(verdict.IsSound, string.Join('\n', verdict.Faults));
        Assert.True(verdict.Entries >= Infected, $"{verdict.Entries} entries stand behind {Infected} scopes");
    }

    private static QualityEvent Contact(Random random, int line)
    {
        var about = new TrafficClass(RandomFlows.Watch(random, 0, From, Until).Class);
        return Event((ulong)line + 1, 0, RuleId.Scan, about, From + 60_000, From + 120_000) with
        {
            Subject = new(RandomFlows.Subject(line).Bits)
        };
    }

    private static async Task SendAsync(RealStoreFixture place, ReadOnlyMemory<Flow> flows)
    {
        place.Send(flows.Span);
        await place.RingsAsync();
    }

    /// <summary>A line a scope: how many rows, and what each field adds up to.</summary>
    private static List<string> Sums(IEnumerable<EvidenceRow> rows) =>
    [
        .. rows.GroupBy(r => r.Scope.Number).OrderBy(g => g.Key).Select(g =>
            $"{g.Key}: {g.Count()} {g.Sum(r => r.StartMs - From)} {g.Sum(r => r.EndMs - From)} "
            + $"{g.Sum(r => (long)r.PacketsOut)}/{g.Sum(r => (long)r.PacketsIn)} "
            + $"{g.Sum(r => (long)r.OctetsOut)}/{g.Sum(r => (long)r.OctetsIn)} {g.Sum(r => r.Remote.Port)}"),
    ];

    private static async Task<List<string>> SumsAsync(FlowStore store)
    {
        const string Sql = """
            SELECT scope, toInt64(count()) AS n, toInt64(sum(start - 1772452800000)) AS s, toInt64(sum(end - 1772452800000)) AS e, toInt64(sum(packets_out)) AS po, toInt64(sum(packets_in)) AS pi,
              toInt64(sum(octets_out)) AS oo, toInt64(sum(octets_in)) AS oi, toInt64(sum(port)) AS p FROM evidence GROUP BY scope ORDER BY scope
            """;
        var sums = new List<string>();
        await foreach (var block in store.Client.QueryAsync(Sql, default))
        {
            for (var i = 0; i < block.Rows; i++)
            {
                long Of(string name) => block[name].Values<long>()[i];
                sums.Add($"{block["scope"].Values<ulong>()[i]}: {Of("n")} {Of("s")} {Of("e")} {Of("po")}/{Of("pi")} "
                    + $"{Of("oo")}/{Of("oi")} {Of("p")}");
            }
        }

        return sums;
    }
}
