// SPDX-License-Identifier: Apache-2.0
//
// The journal of alerts in SQLite, a file of its own beside the case files: a channel that waits must not hold up a
// case. Synced at every commit.
using System.Reflection;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Weir.Contracts.Scopes;
using Weir.Desk.Records;

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

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _path;

    private AlertJournal(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    public DateTimeOffset BeganAt { get; private set; }

    /// <summary>Opens or makes the file; readable by its owner alone.</summary>
    /// <exception cref="AlertJournalException">It cannot be had or is damaged.</exception>
    public static AlertJournal Open(string path, TimeProvider time)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            connection.Open();
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            var journal = new AlertJournal(connection, path);
            _ = journal.Run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
            _ = journal.Run(Tables());
            _ = journal.Run(
                "INSERT OR IGNORE INTO began (id, at_ms) VALUES (1, $1)", time.GetUtcNow().ToUnixTimeMilliseconds());
            journal.BeganAt = DateTimeOffset.FromUnixTimeMilliseconds(
                journal.Rows("SELECT at_ms FROM began", row => row.GetInt64(0))[0]);
            return journal;
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection.Dispose();
            throw new AlertJournalException($"the journal of alerts in {path} cannot be opened: {fault.Message}; give "
                + "the folder to this user, or move the file away to begin anew", fault);
        }
    }

    public Task<bool> PutAsync(
        Alert alert, AlertState state, IReadOnlyCollection<string> channels, CancellationToken cancel) =>
            RunLockedAsync("written", () => InOneStep(() => Put(alert, state, channels)), cancel);

    public Task<WaitingAlert?> NextAsync(string channel, CancellationToken cancel) => RunLockedAsync(
        "read",
        () =>
            Rows(Next, row => new WaitingAlert(row.GetInt64(0), AlertOf(row), row.GetInt32(9)), channel) is [var first]
                ? first
                : null,
        cancel);

    public Task MarkAsync(
        long sequence, string channel, AlertState state, int tries, DateTimeOffset at, CancellationToken cancel) =>
            RunLockedAsync(
                "written", () => Run(Mark, sequence, channel, (int)state, tries, at.ToUnixTimeMilliseconds()), cancel);

    public Task<IReadOnlyList<HeldBackAlerts>> HeldAsync(CancellationToken cancel) =>
        RunLockedAsync<IReadOnlyList<HeldBackAlerts>>(
            "read",
            () => Rows(Held, row => new HeldBackAlerts(
                row.GetString(0), row.GetInt64(1), Time(row.GetInt64(2)), Time(row.GetInt64(3)),
                (Severity)row.GetInt32(4))),
            cancel);

    public Task DigestAsync(Alert digest, IReadOnlyCollection<string> channels, CancellationToken cancel) =>
        RunLockedAsync(
            "written",
            () => InOneStep(() =>
            {
                _ = Run(Told);
                return Put(digest, AlertState.Waiting, channels);
            }),
            cancel);

    public Task<IReadOnlyList<ChannelCount>> CountAsync(CancellationToken cancel) =>
        RunLockedAsync<IReadOnlyList<ChannelCount>>(
            "read",
            () => Rows(Count, row => new ChannelCount(row.GetString(0), (AlertState)row.GetInt32(1), row.GetInt64(2))),
            cancel);

    public Task<long> ForgetAsync(
        DateTimeOffset before, IReadOnlyCollection<string> channels, CancellationToken cancel) =>
        RunLockedAsync(
            "written",
            () => InOneStep(() =>
            {
                var known = JsonSerializer.Serialize(channels);
                var waited = Rows(Orphans, row => row.GetInt64(0), known)[0];
                _ = Run(ForgetChannels, known) + Run(ForgetOld, before.ToUnixTimeMilliseconds())
                    + Run(ForgetAlerts, before.ToUnixTimeMilliseconds());
                return waited;
            }),
            cancel);

    public void Dispose()
    {
        _connection.Dispose();
        _turn.Dispose();
    }

    private static DateTimeOffset Time(long ms) => DateTimeOffset.FromUnixTimeMilliseconds(ms);

    private static Alert AlertOf(SqliteDataReader row) => new()
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

    private static string Tables()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var name = assembly.GetManifestResourceNames()
            .Single(n => n.EndsWith(".Records.Sql.alerts.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private bool Put(Alert alert, AlertState state, IReadOnlyCollection<string> channels)
    {
        var isNew = Run(
            PutAlert, alert.Id, alert.At.ToUnixTimeMilliseconds(), alert.Kind, (int)alert.Severity, alert.Text,
            unchecked((long)alert.Case.Number), unchecked((long)alert.Scope.Number),
            JsonSerializer.Serialize(alert.Words)) == 1;
        foreach (var channel in isNew ? channels : [])
        {
            _ = Run(PutSend, alert.Id, channel, (int)state);
        }

        return isNew;
    }

    private int Run(string sql, params object[] values)
    {
        using var command = Command(sql, values);
        return command.ExecuteNonQuery();
    }

    private List<T> Rows<T>(string sql, Func<SqliteDataReader, T> of, params object[] values)
    {
        using var command = Command(sql, values);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(of(reader));
        }

        return rows;
    }

    private SqliteCommand Command(string sql, object[] values)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (i, value) in values.Index())
        {
            _ = command.Parameters.Add(new SqliteParameter(FormattableString.Invariant($"${i + 1}"), value));
        }

        return command;
    }

    private T InOneStep<T>(Func<T> work)
    {
        _ = Run("BEGIN IMMEDIATE");
        try
        {
            var done = work();
            _ = Run("COMMIT");
            return done;
        }
        catch
        {
            _ = Run("ROLLBACK");
            throw;
        }
    }

    private async Task<T> RunLockedAsync<T>(string what, Func<T> work, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return await Task.Run(work, CancellationToken.None);
        }
        catch (Exception fault)
            when (fault is SqliteException or InvalidOperationException or ObjectDisposedException or JsonException)
        {
            throw new AlertJournalException(
                $"the journal of alerts in {_path} cannot be {what}: {fault.Message}; see the disk", fault);
        }
        finally
        {
            _ = _turn.Release();
        }
    }
}
