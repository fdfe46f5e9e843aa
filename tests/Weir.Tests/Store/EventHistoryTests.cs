// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Desk.Records;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>What the journal tells of a window.</summary>
public sealed class EventHistoryTests : IDisposable
{
    private const string Contact = "cnc-contact";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-history-");
    private readonly RecordsFile _file;
    private readonly SigningKey _key = SigningKey.Create();
    private ulong _scope;

    public EventHistoryTests() => _file = RecordsFile.Open(Path.Combine(_folder.FullName, "records.sqlite"));

    public void Dispose()
    {
        _file.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task An_event_is_told_once_as_it_stood_last()
    {
        await SaveAsync(
            Event(7, 1_000, 2_000), Event(8, 1_500, 1_600),
            Event(7, 1_000, 9_000) with { Phase = EventPhase.Closed, Measured = 99 });

        var told = await ReadAsync(0, 10_000);

        Assert.Equal([7UL, 8], told.Newest.Select(e => e.Number));
        Assert.Equal(
            (EventPhase.Closed, 99, 9_000), (told.Newest[0].Phase, told.Newest[0].Measured, told.Newest[0].UntilMs));
        Assert.Equal([new RuleCount("flood-out", 2, 2)], told.ByRule);
        Assert.Equal(0, told.Older);
    }

    [Fact]
    public async Task Only_what_has_evidence_in_the_window_is_told()
    {
        await SaveAsync(Event(1, 0, 999), Event(2, 0, 1_000), Event(3, 1_999, 5_000), Event(4, 2_000, 5_000));

        Assert.Equal([2UL, 3], (await ReadAsync(1_000, 2_000)).Newest.Select(e => e.Number));
    }

    [Fact]
    public async Task The_newest_are_given_and_the_older_counted()
    {
        await SaveAsync([.. Enumerable.Range(1, 30).Select(i => Event((ulong)i, i * 10, (i * 10) + 5))]);

        var told = await ReadAsync(0, 1_000, most: 4);

        Assert.Equal([27UL, 28, 29, 30], told.Newest.Select(e => e.Number));
        Assert.Equal(26, told.Older);
        Assert.Equal(30, Assert.Single(told.ByRule).Events);
    }

    [Fact]
    public async Task A_rule_that_is_counted_alone_takes_no_place_among_the_newest()
    {
        await SaveAsync(
            Event(1, 10, 20), Event(2, 30, 40) with { Rule = Contact },
            Event(3, 50, 60) with { Rule = Contact, Subject = new SubjectKey(1) });

        var told = await ReadAsync(0, 1_000, but: Contact, most: 1);

        Assert.Equal([1UL], told.Newest.Select(e => e.Number));
        Assert.Equal(0, told.Older);
        Assert.Equal([new RuleCount(Contact, 2, 2), new RuleCount("flood-out", 1, 1)], told.ByRule);
    }

    [Fact]
    public async Task A_list_goes_on_where_its_page_ended_within_a_moment_too()
    {
        await SaveAsync(
            Event(ulong.MaxValue, 10, 20), Event(3, 10, 20), Event(7, 10, 30), Event(5, 40, 50), Event(9, 5, 50));
        await TakeInAsync();
        List<ulong> seen = [];
        var wanted = new EventsWanted { FromMs = 0, UntilMs = 100, Most = 2 };
        while (await new EventHistory(_file).ListAsync(wanted, default) is { Count: > 0 } page)
        {
            seen.AddRange(page.Select(one => one.Event.Number));
            wanted = wanted with
            {
                BehindMs = page[^1].Event.FromMs, BehindNumber = $"{page[^1].Event.Number:x16}",
            };
        }

        Assert.Equal([5, 3, 7, ulong.MaxValue, 9], seen);
    }

    [Fact]
    public async Task A_list_is_of_its_rule_and_of_what_goes_on_and_tells_the_case()
    {
        await SaveAsync(
            Event(1, 10, 90), Event(2, 20, 90) with { Rule = "spam" }, Event(3, 30, 40),
            Event(4, 30, 95) with { Phase = EventPhase.Closed }, Event(5, 50, 90) with { Rule = Contact });
        await TakeInAsync();
        await SaveAsync(Event(6, 60, 90)); // no case has taken it in
        var wanted = new EventsWanted { FromMs = 0, UntilMs = 100, Most = 9 };

        async Task<string> NumbersAsync(EventsWanted asked) => string.Join(
            ' ', (await new EventHistory(_file).ListAsync(asked, default)).Select(one => one.Event.Number));
        Assert.Equal("3 4 2 1", await NumbersAsync(wanted));
        Assert.Equal("2", await NumbersAsync(wanted with { Rule = "spam" }));
        Assert.Equal("2 1", await NumbersAsync(wanted with { OpenSinceMs = 80 }));
        var spam = Assert.Single(await new EventHistory(_file).ListAsync(wanted with { Rule = "spam" }, default));
        Assert.Equal(new CaseId(2), spam.Case);
    }

    /// <summary>Those that last longer than an hour stand in an index of their own.</summary>
    [Fact]
    public async Task A_list_has_what_began_days_before_its_window_behind_what_began_in_it()
    {
        const long Hour = 3_600_000;
        await SaveAsync(
            Event(1, 0, 100 * Hour), Event(2, 98 * Hour, 99 * Hour), Event(3, 40 * Hour, 50 * Hour),
            Event(4, 99 * Hour, 100 * Hour), Event(5, 97 * Hour, (98 * Hour) + 1),
            Event(6, 10 * Hour, 101 * Hour) with { Phase = EventPhase.Closed }, Event(7, 0, 100 * Hour));
        await TakeInAsync();
        var wanted = new EventsWanted { FromMs = 99 * Hour, UntilMs = 101 * Hour, Most = 2 };
        foreach (var (asked, expected) in ((EventsWanted, ulong[])[])[
            (wanted, [4, 2, 6, 1, 7]), (wanted with { FromMs = 0, OpenSinceMs = 99 * Hour }, [4, 2, 1, 7])])
        {
            List<ulong> seen = [];
            var next = asked;
            while (await new EventHistory(_file).ListAsync(next, default) is { Count: > 0 } page)
            {
                seen.AddRange(page.Select(one => one.Event.Number));
                next = next with { BehindMs = page[^1].Event.FromMs, BehindNumber = $"{page[^1].Event.Number:x16}" };
            }

            Assert.Equal(expected, seen);
        }
    }

    [Fact]
    public async Task What_is_trimmed_is_listed_no_more_and_names_nobody_unless_a_case_has_it()
    {
        await SaveAsync(Event(1, 10, 20), Event(2, 10, 20), Event(3, 10, 90), Event(4, 10, 20) with { Rule = Contact });
        await TakeInAsync();
        _ = await _file.WriteAsync(connection => connection.Run(
            "INSERT INTO cases (id, state, opened_ms, assignee, verdict, sealed) VALUES (2, 0, 1, '', 0, 0)"), default);

        Assert.Equal(2, await new EventHistory(_file).TrimAsync(50, default));

        var left = await new EventHistory(_file).ListAsync(new() { FromMs = 0, UntilMs = 100, Most = 9 }, default);
        Assert.Equal([3UL], left.Select(one => one.Event.Number));
        Assert.Equal(
            [2L, 3, 4],
            await _file.ReadAsync(connection => connection.Read(
                "SELECT number FROM events WHERE subject IS NOT NULL ORDER BY number", row => row.GetInt64(0)), default));
        Assert.Equal(0, await new EventHistory(_file).TrimAsync(50, default));
    }

    private Task<int> TakeInAsync() =>
        _file.WriteAsync(connection => connection.Run("UPDATE events SET handled = 1"), default);

    private Task<EventWindowSummary> ReadAsync(long fromMs, long untilMs, string but = "", int most = 100) =>
        new EventHistory(_file).ReadAsync(fromMs, untilMs, but, most, CancellationToken.None);

    private Task<IReadOnlyList<JournaledEvent>> SaveAsync(params QualityEvent[] events) =>
        new CaseRecords(_file).JournalAsync(
            [.. events.Select(e => new JournaledEvent(
                e, new CaseId(++_scope), new ScopeId(_scope), EventDocument.Sign(e, _key)))],
            CancellationToken.None);

    private static QualityEvent Event(ulong number, long fromMs, long untilMs) => new()
    {
        Number = number,
        Phase = EventPhase.Opened,
        Subject = new SubjectKey(number),
        Rule = "flood-out",
        RuleVersion = 1,
        Class = TrafficClass.Create(Direction.Out, Protocols.Udp, [7703], [IpKey.Parse("203.0.113.9")]),
        FromMs = fromMs,
        UntilMs = untilMs,
        TriggeredMs = fromMs,
        Measured = 1,
        Threshold = 1,
        Unit = "packets/s",
        WindowSeconds = 10,
        SamplingInterval = 1,
        Exporter = IpKey.Parse("192.0.2.1"),
    };
}
