// SPDX-License-Identifier: Apache-2.0
//
// The journal of alerts in SQLite, a file of its own beside the case files: a channel that waits must not hold up a
// case. Synced at every commit.
using System.Data.Common;
using System.Text.Json;
using Weir.Contracts.Scopes;
using Weir.Hosting.Sqlite;

namespace Weir.Desk.Alerts;

/// <summary>See <see cref="Open"/>. Many callers at once.</summary>
public sealed class AlertJournal : IAlertJournal, IDisposable
{
    private const string PutAlert = "INSERT OR IGNORE INTO alerts (id, at_ms, kind, severity, text, case_id, scope_id, "
        + "words) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    private const string PutSend = "INSERT INTO sends (alert, channel, state, tries, at_ms) SELECT seq, $2, $3, 0, "
        + "at_ms FROM alerts WHERE id = $1";
    private const string Next =
        "SELECT seq, id, alerts.at_ms, kind, severity, text, case_id, scope_id, words, tries FROM sends JOIN alerts ON "
        + "seq = alert WHERE state = 1 AND channel = $1 ORDER BY tries, alert LIMIT 1";

    private const string Mark = "UPDATE sends SET state = $3, tries = $4, at_ms = $5 WHERE alert = $1 AND channel = $2";
    private const string Held =
        "SELECT kind, count(*), min(at_ms), max(at_ms), min(severity) FROM alerts WHERE seq IN (SELECT alert FROM "
        + "sends WHERE state = 2) GROUP BY kind ORDER BY 2 DESC, 1";

    private const string Told = "UPDATE sends SET state = 5 WHERE state = 2";
    private const string Count = "SELECT channel, state, count(*) FROM sends GROUP BY 1, 2";
    private const string Orphans =
        "SELECT count(*) FROM sends WHERE state < 3 AND channel NOT IN (SELECT value FROM json_each($1))";
    private const string ForgetChannels = "DELETE FROM sends WHERE channel NOT IN (SELECT value FROM json_each($1))";
    private const string ForgetOld =
        "DELETE FROM sends WHERE alert IN (SELECT seq FROM alerts WHERE at_ms < $1 AND NOT EXISTS (SELECT 1 FROM sends "
        + "s WHERE s.alert = seq AND s.state < 3))";

    private const string ForgetAlerts =
        "DELETE FROM alerts WHERE at_ms < $1 AND NOT EXISTS (SELECT 1 FROM sends WHERE alert = seq)";

    private readonly SqliteFile _file;

    private AlertJournal(SqliteFile file) => _file = file;

    public DateTimeOffset BeganAt { get; private set; }

    /// <summary>Opens or makes the file; readable by its owner alone.</summary>
    /// <exception cref="AlertJournalException">It cannot be had or is damaged.</exception>
    public static AlertJournal Open(string path, TimeProvider time)
    {
        try
        {
            var journal = new AlertJournal(SqliteFile.Open(new()
            {
                Path = path, Name = "the journal of alerts", Migrations = SqliteMigrations.Beside<AlertJournal>(),
                WhenDamaged = "move the file away to begin anew",
            }));
            _ = journal._file.Run(
                "INSERT OR IGNORE INTO began (id, at_ms) VALUES (1, $1)", time.GetUtcNow().ToUnixTimeMilliseconds());
            journal.BeganAt = Time(journal._file.Read("SELECT at_ms FROM began", row => row.GetInt64(0))[0]);
            return journal;
        }
        catch (SqliteFileException fault)
        {
            throw new AlertJournalException(fault.Message, fault);
        }
    }

    public Task<bool> PutAsync(
        Alert alert, AlertState state, IReadOnlyCollection<string> channels, CancellationToken cancel) =>
            WriteAsync(file => Put(file, alert, state, channels), cancel);

    public Task<WaitingAlert?> NextAsync(string channel, CancellationToken cancel) => ReadAsync(
        file => file.Read(
            Next, row => new WaitingAlert(row.GetInt64(0), AlertOf(row), row.GetInt32(9)), channel) is [var first]
                ? first
                : null,
        cancel);

    public Task MarkAsync(
        long sequence, string channel, AlertState state, int tries, DateTimeOffset at, CancellationToken cancel) =>
            WriteAsync(
                file => file.Run(Mark, sequence, channel, (int)state, tries, at.ToUnixTimeMilliseconds()), cancel);

    public Task<IReadOnlyList<HeldBackAlerts>> HeldAsync(CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<HeldBackAlerts>>(
            file => file.Read(Held, row => new HeldBackAlerts(
                row.GetString(0), row.GetInt64(1), Time(row.GetInt64(2)), Time(row.GetInt64(3)),
                (Severity)row.GetInt32(4))),
            cancel);

    public Task DigestAsync(Alert digest, IReadOnlyCollection<string> channels, CancellationToken cancel) =>
        WriteAsync(
            file =>
            {
                _ = file.Run(Told);
                return Put(file, digest, AlertState.Waiting, channels);
            },
            cancel);

    public Task<IReadOnlyList<ChannelCount>> CountAsync(CancellationToken cancel) =>
        ReadAsync<IReadOnlyList<ChannelCount>>(
            file => file.Read(
                Count, row => new ChannelCount(row.GetString(0), (AlertState)row.GetInt32(1), row.GetInt64(2))),
            cancel);

    public Task<long> ForgetAsync(
        DateTimeOffset before, IReadOnlyCollection<string> channels, CancellationToken cancel) =>
        WriteAsync(
            file =>
            {
                var known = JsonSerializer.Serialize(channels);
                var waited = file.Read(Orphans, row => row.GetInt64(0), known)[0];
                _ = file.Run(ForgetChannels, known) + file.Run(ForgetOld, before.ToUnixTimeMilliseconds())
                    + file.Run(ForgetAlerts, before.ToUnixTimeMilliseconds());
                return waited;
            },
            cancel);

    public void Dispose() => _file.Dispose();

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static Alert AlertOf(DbDataReader row) => new()
    {
        Id = row.GetString(1),
        At = Time(row.GetInt64(2)),
        Kind = row.GetString(3),
        Severity = (Severity)row.GetInt32(4),
        Text = row.GetString(5),
        Case = new(unchecked((ulong)row.GetInt64(6))),
        Scope = new(unchecked((ulong)row.GetInt64(7))),
        Words = JsonSerializer.Deserialize<Dictionary<string, string>>(row.GetString(8)) ?? [],
    };

    private static bool Put(
        SqliteFile file, Alert alert, AlertState state, IReadOnlyCollection<string> channels)
    {
        var isNew = file.Run(
            PutAlert, alert.Id, alert.At.ToUnixTimeMilliseconds(), alert.Kind, (int)alert.Severity, alert.Text,
            unchecked((long)alert.Case.Number), unchecked((long)alert.Scope.Number),
            JsonSerializer.Serialize(alert.Words)) == 1;
        foreach (var channel in isNew ? channels : [])
        {
            _ = file.Run(PutSend, alert.Id, channel, (int)state);
        }

        return isNew;
    }

    private Task<T> ReadAsync<T>(Func<SqliteFile, T> read, CancellationToken cancel) =>
        WithSentenceAsync("read", () => _file.ReadAsync(read, cancel));

    private Task<T> WriteAsync<T>(Func<SqliteFile, T> write, CancellationToken cancel) =>
        WithSentenceAsync("written", () => _file.WriteAsync(write, cancel));

    private async Task<T> WithSentenceAsync<T>(string what, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException or JsonException)
        {
            throw new AlertJournalException(
                $"the journal of alerts in {_file.Path} cannot be {what}: {fault.Message}; see the disk", fault);
        }
    }
}
