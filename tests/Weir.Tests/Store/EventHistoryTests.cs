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
