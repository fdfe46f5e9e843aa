// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Releases;
using Weir.Tests.Cases;
using Weir.Tests.Vault.Support;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Deciding;

/// <summary>Ten seconds of refusals cost the record and the desk's file little, and the officer knows their number
/// (rules.md R25).</summary>
public sealed class RefusalsBoundedTests
{
    private const int Asked = 5_576;

    [Trait("Attack", "32")]
    [Fact]
    public async Task Ten_seconds_of_refusals_are_fewer_than_fifty_entries_and_rows()
    {
        await using var place = await OpenAsync();
        var together = new RepeatedRefusals(place.Audit, place.Clock);
        using var desk = await CaseHandler.OpenAsync(await place.PartsAsync() with { Repeated = together }, default);
        for (var i = 0; i < Asked; i++)
        {
            Assert.IsType<Decision.Deny>(await desk.Engine.DecideAsync(
                Aud, new Request.ReadFlows(Purpose.CncContact, new ScopeId((ulong)i + 1), null, null), default));
        }

        place.Clock.Advance(RepeatedRefusals.Together);
        await together.TellAsync(default);
        Assert.InRange(place.Audit.Entries.Count, 2, 49);
        var (rows, times) = Rows(place.Path);
        Assert.InRange(rows, 1, 49);
        Assert.InRange(times, Asked / 2, Asked);
        var told = Assert.Single(desk.ToldOfficer);
        Assert.InRange(told.Refusals, Asked / 2, Asked);

        // A day later they count no more, and their rows are gone.
        place.Clock.Advance(TimeSpan.FromDays(1));
        _ = await desk.Engine.DecideAsync(
            Aud, new Request.ReadFlows(Purpose.CncContact, new ScopeId(1), null, null), default);
        Assert.Equal(1, Rows(place.Path).Rows);
    }

    /// <summary>What a process does or refuses of its own accord, and what is a number of refusals already, stands by
    /// itself each time: only what others ask for and do not get is told together.</summary>
    [Fact]
    public async Task What_a_process_records_of_itself_or_tells_with_a_number_is_never_told_together()
    {
        var (log, refused) = (new InMemoryAuditLog(), new AuditEntry
        {
            Actor = "desk", Role = "desk", Act = AuditActions.ReadEvidence, Outcome = "not-listed",
        });
        var bounded = new RefusalsTogether(log, new RepeatedRefusals(log, new FakeTimeProvider(), 2, 2));
        AuditEntry[] kinds =
        [
            refused with { Actor = Actor.Weir.Name }, refused with { Rows = 7 },
            refused with { Outcome = AuditActions.Allow },
        ];
        foreach (var entry in kinds.SelectMany(one => Enumerable.Repeat(one, 20)))
        {
            var receipt = await bounded.AppendAsync(entry, default);
            Assert.Equal(log.Entries.Count, receipt.Sequence);
        }

        Assert.Equal(60, log.Entries.Count);
        for (var i = 0; i < 20; i++)
        {
            _ = await bounded.AppendAsync(refused, default);
        }

        Assert.Equal(62, log.Entries.Count);
    }

    private static (long Rows, long Times) Rows(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var count = connection.CreateCommand();
        count.CommandText = "SELECT count(*), sum(times) FROM refusals";
        using var row = count.ExecuteReader();
        _ = row.Read();
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
