// SPDX-License-Identifier: Apache-2.0
//
// The journal of blocks in SQLite, a file of its own: what the routers are told must not wait for case files. Synced at
// every commit; what is overwritten is wiped (secure_delete), since a row may have held a subscriber's address.
using System.Reflection;
using Microsoft.Data.Sqlite;
using Weir.Contracts.Mitigation;

namespace Weir.Desk.Mitigation;

/// <summary>See <see cref="Open"/>. Many callers at once.</summary>
public sealed class MitigationJournal : IMitigationJournal, IDisposable
{
    private const string Columns =
        "id, target, state, threat, necessity, alternatives, non_case_subjects, subjects, counted_ms, case_id, "
        + "planned_by, planned_ms, approved_by, approved_ms, ends_ms, state_ms, evidence_ms, reason, "
        + "reason_detail";

    private const string Put =
        $"INSERT OR REPLACE INTO leases ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
        + "$13, $14, $15, $16, $17, $18, $19)";

    private const string Get = $"SELECT {Columns} FROM leases WHERE state < 5 OR state_ms >= $1";

    private const string Pulse =
        "INSERT INTO pulse (id, beats) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1";

    private readonly SqliteConnection _connection;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly string _path;

    private MitigationJournal(SqliteConnection connection, string path) => (_connection, _path) = (connection, path);

    /// <summary>Opens or makes the file; readable by its owner alone.</summary>
    /// <exception cref="MitigationJournalException">It cannot be had or is damaged.</exception>
    public static MitigationJournal Open(string path)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 30 }.ToString());
        try
        {
            connection.Open();
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            Run(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON");
            Run(connection, Tables());
            return new(connection, path);
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection.Dispose();
            throw new MitigationJournalException($"the journal of blocks in {path} cannot be opened: {fault.Message}; "
                + "give the folder to this user, or restore the file from a backup", fault);
        }
    }

    public Task WriteAsync(IReadOnlyCollection<LeaseRow> rows, CancellationToken cancel) => RunLockedAsync(
        "written",
        () =>
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            using var command = Command(Put, 19);
            command.Transaction = transaction;
            foreach (var row in rows)
            {
                object?[] values =
                [
                    unchecked((long)row.Id), row.Target, (int)row.State, row.Threat, row.Necessity, row.Alternatives,
                    row.NonCaseSubjects, row.Subjects, row.CountedMs, unchecked((long)row.Case), row.PlannedBy,
                    row.PlannedMs, row.ApprovedBy, row.ApprovedMs, row.EndsMs, row.StateMs, row.EvidenceMs, row.Reason,
                    row.ReasonDetail,
                ];
                for (var i = 0; i < values.Length; i++)
                {
                    command.Parameters[i].Value = values[i] ?? DBNull.Value;
                }

                _ = command.ExecuteNonQuery();
            }

            transaction.Commit();
            return true;
        },
        cancel);

    public Task ProbeAsync(CancellationToken cancel) => RunLockedAsync(
        "written",
        () =>
        {
            if (!File.Exists(_path))
            {
                throw new InvalidOperationException("the file is gone");
            }

            Run(_connection, Pulse);
            return true;
        },
        cancel);

    public Task<IReadOnlyList<LeaseRow>> LoadAsync(DateTimeOffset endedSince, CancellationToken cancel) =>
        RunLockedAsync<IReadOnlyList<LeaseRow>>(
            "read",
            () =>
            {
                using var command = Command(Get, 1);
                command.Parameters[0].Value = endedSince.ToUnixTimeMilliseconds();
                using var reader = command.ExecuteReader();
                var rows = new List<LeaseRow>();
                while (reader.Read())
                {
                    rows.Add(RowOf(reader));
                }

                return rows;
            },
            cancel);

    public void Dispose()
    {
        _connection.Dispose();
        _turn.Dispose();
    }

    private static LeaseRow RowOf(SqliteDataReader row) => new()
    {
        Id = unchecked((ulong)row.GetInt64(0)),
        Target = row.GetString(1),
        State = (LeaseState)row.GetInt32(2),
        Threat = row.GetString(3),
        Necessity = row.GetString(4),
        Alternatives = row.GetString(5),
        NonCaseSubjects = row.IsDBNull(6) ? null : row.GetInt32(6),
        Subjects = row.IsDBNull(7) ? null : row.GetInt32(7),
        CountedMs = row.IsDBNull(8) ? null : row.GetInt64(8),
        Case = unchecked((ulong)row.GetInt64(9)),
        PlannedBy = row.GetString(10),
        PlannedMs = row.GetInt64(11),
        ApprovedBy = row.GetString(12),
        ApprovedMs = row.IsDBNull(13) ? null : row.GetInt64(13),
        EndsMs = row.GetInt64(14),
        StateMs = row.GetInt64(15),
        EvidenceMs = row.GetInt64(16),
        Reason = row.GetString(17),
        ReasonDetail = row.GetString(18),
    };

    private static string Tables()
    {
        var assembly = Assembly.GetExecutingAssembly();
        var name = assembly.GetManifestResourceNames()
            .Single(n => n.EndsWith(".Records.Sql.blocks.sql", StringComparison.Ordinal));
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        _ = command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            _ = command.Parameters.Add(new SqliteParameter(FormattableString.Invariant($"${i}"), null));
        }

        return command;
    }

    private async Task<T> RunLockedAsync<T>(string what, Func<T> work, CancellationToken cancel)
    {
        await _turn.WaitAsync(cancel);
        try
        {
            return await Task.Run(work, CancellationToken.None);
        }
        catch (Exception fault) when (fault is SqliteException or InvalidOperationException or ObjectDisposedException)
        {
            throw new MitigationJournalException($"the journal of blocks in {_path} cannot be {what}: {fault.Message}; "
                + "see the disk, then start Weir again", fault);
        }
        finally
        {
            _ = _turn.Release();
        }
    }
}
