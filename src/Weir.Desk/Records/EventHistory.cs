// SPDX-License-Identifier: Apache-2.0
//
// What was raised in a window, from the journal the desk keeps anyway: an event as it was told last,
// whatever became of it.
using Weir.Contracts.Events;
using Weir.Contracts.Scopes;
using Weir.Hosting.Sqlite;

namespace Weir.Desk.Records;

/// <summary>How many events a rule raised in a window, and of how many subjects.</summary>
public sealed record RuleCount(string Rule, long Events, long Subjects);

/// <summary>Events of a window.</summary>
/// <param name="Newest">The newest of those asked for, in order of time; what is erased has no subject any more and
/// stands in the tally alone.</param>
/// <param name="Older">So many more of them there are, older than these.</param>
/// <param name="ByRule">All events, by rule.</param>
public sealed record EventWindowSummary(
    IReadOnlyList<QualityEvent> Newest, long Older, IReadOnlyList<RuleCount> ByRule);

/// <summary>Which events are wanted, one by one.</summary>
public sealed record EventsWanted
{
    /// <summary>Evidence at it or after; milliseconds since the UNIX epoch, as all times here.</summary>
    public required long FromMs { get; init; }

    /// <summary>First evidence before it.</summary>
    public required long UntilMs { get; init; }

    /// <summary>The one rule whose events are wanted; empty for all.</summary>
    public string Rule { get; init; } = "";

    /// <summary>Only what is not closed and has evidence at it or after; 0 for all.</summary>
    public long OpenSinceMs { get; init; }

    /// <summary>Where the rows before these ended: first evidence of the last of them.</summary>
    public long BehindMs { get; init; } = long.MaxValue;

    /// <summary>Within that moment: its number, 16 hexadecimal digits.</summary>
    public string BehindNumber { get; init; } = "";

    /// <summary>So many at most.</summary>
    public required int Most { get; init; }
}

/// <summary>An event as it was told last.</summary>
/// <param name="Event">What it says.</param>
/// <param name="Case">The case it went to; one that does not exist where it opened none.</param>
public readonly record struct CasedEvent(QualityEvent Event, CaseId Case);

/// <summary>Reads the journal of events in the records of cases.</summary>
public sealed class EventHistory(RecordsFile file)
{
    private const string Told =
        """
        WITH told AS (
          SELECT max(seq) AS seq FROM events WHERE json_extract(facts, '$.UntilMs') >= $1 AND json_extract(facts, '$.FromMs') < $2 GROUP BY number
        )
        """;

    private const string Newest =
        $"""
        {Told}
        SELECT number, subject, facts FROM events JOIN told USING (seq) WHERE subject IS NOT NULL AND json_extract(facts, '$.Rule') <> $3
        ORDER BY json_extract(facts, '$.FromMs') DESC, seq DESC LIMIT $4
        """;

    /// <summary>Longer than this, milliseconds, an event stands in an index of its own (Sql/0020): all others that end
    /// in a window begin no more than this before it.</summary>
    private const long Long = 3_600_000;

    private const string Wanted =
        """
        SELECT events.number, events.subject, events.facts, events.case_id FROM told_events told JOIN events ON events.seq = told.seq
        WHERE told.until_ms >= $1 AND told.from_ms >= $2 AND told.from_ms <= $3 AND ($4 = '' OR told.rule = $4) AND (told.from_ms < $5 OR told.name > $6)
        ORDER BY told.from_ms DESC, told.name LIMIT $7
        """;

    private static readonly string WantedOpen = Wanted.Replace("WHERE ", "WHERE told.is_open = 1 AND ", StringComparison.Ordinal);

    /// <summary>Begun before all of those above, and still in the window. The index by their begin would come in
    /// order, and be walked to its end: SQLite does not know how few they are.</summary>
    private static readonly string Longer = Wanted
        .Replace(
            "told.from_ms >= $2", "told.until_ms - told.from_ms > 3600000 AND told.from_ms < $2",
            StringComparison.Ordinal)
        .Replace("told JOIN", "told INDEXED BY told_events_long JOIN", StringComparison.Ordinal);

    private static readonly string LongerOpen = Longer.Replace("WHERE ", "WHERE told.is_open = 1 AND ", StringComparison.Ordinal);

    /// <summary>Of what is not told any more, what no case is erased with.</summary>
    private const string Forget =
        """
        UPDATE events SET subject = NULL, envelope = NULL
        WHERE seq IN (SELECT seq FROM told_events WHERE from_ms < $1 AND until_ms < $1) AND case_id NOT IN (SELECT id FROM cases)
        """;

    private const string Trim = "DELETE FROM told_events WHERE from_ms < $1 AND until_ms < $1";

    private const string ByRule =
        $"""
        {Told}
        SELECT json_extract(facts, '$.Rule'), count(*), count(DISTINCT subject), count(subject) FROM events JOIN told USING (seq) GROUP BY 1 ORDER BY 1
        """;

    /// <summary>Events one by one, the newest first and within a moment by number. What no case has taken in yet is not
    /// among them: nobody knows whose it will be. Nor are contacts with listed endpoints, which stand in their cases.
    /// </summary>
    /// <exception cref="RecordsException">The records cannot be read.</exception>
    public Task<List<CasedEvent>> ListAsync(EventsWanted wanted, CancellationToken cancel) => file.LookAsync(
        connection =>
        {
            cancel.ThrowIfCancellationRequested();
            var isOpen = wanted.OpenSinceMs > 0;
            var told = Read(connection, isOpen ? WantedOpen : Wanted, wanted, wanted.Most);
            return told.Count == wanted.Most ? told
                : [.. told, .. Read(connection, isOpen ? LongerOpen : Longer, wanted, wanted.Most - told.Count)];
        },
        cancel);

    private static List<CasedEvent> Read(SqliteFile connection, string sql, EventsWanted wanted, int most)
    {
        var from = Math.Max(wanted.FromMs, wanted.OpenSinceMs);
        using var events = connection.Statement(sql);
        return events.Read(
            row => new CasedEvent(EventFacts.Read(row.GetString(2), row.Number(0), row.Subject(1)), new(row.Number(3))),
            from, from - Long, Math.Min(wanted.UntilMs - 1, wanted.BehindMs), wanted.Rule, wanted.BehindMs,
            wanted.BehindNumber, (long)most);
    }

    /// <summary>Events that ended before a moment are listed no more, and those that came to no case lose their
    /// subject: they would have nobody to be erased with.</summary>
    /// <param name="beforeMs">Milliseconds since the UNIX epoch.</param>
    /// <param name="cancel">Gives up.</param>
    /// <returns>How many are listed no more.</returns>
    /// <exception cref="RecordsException">The records cannot be written.</exception>
    public Task<long> TrimAsync(long beforeMs, CancellationToken cancel) => file.WriteAsync<long>(
        connection =>
        {
            using var forget = connection.Statement(Forget);
            using var trim = connection.Statement(Trim);
            // What is forgotten is not told either: a trigger sees to it (Sql/0018).
            return forget.Run(beforeMs) + trim.Run(beforeMs);
        },
        cancel);

    /// <summary>Events with evidence in a window of flow time.</summary>
    /// <param name="fromMs">Milliseconds since the UNIX epoch, inclusive.</param>
    /// <param name="untilMs">Exclusive.</param>
    /// <param name="butRule">A rule whose events are counted alone; empty for none.</param>
    /// <param name="most">So many are given one by one.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="RecordsException">The records cannot be read.</exception>
    public Task<EventWindowSummary> ReadAsync(
        long fromMs, long untilMs, string butRule, int most, CancellationToken cancel) =>
        file.ReadAsync(
            connection =>
            {
                using var newest = connection.Statement(Newest);
                using var byRule = connection.Statement(ByRule);
                var events = newest.Read(
                    row => EventFacts.Read(row.GetString(2), row.Number(0), row.Subject(1)), fromMs, untilMs, butRule,
                    (long)most);
                events.Reverse();
                var rules = byRule.Read(row => (
                    Tally: new RuleCount(row.GetString(0), row.GetInt64(1), row.GetInt64(2)),
                    Known: row.GetInt64(3)), fromMs, untilMs);
                return new EventWindowSummary(
                    events, rules.Where(rule => rule.Tally.Rule != butRule).Sum(rule => rule.Known) - events.Count,
                    [.. rules.Select(rule => rule.Tally)]);
            },
            cancel);
}
