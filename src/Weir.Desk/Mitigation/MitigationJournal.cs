// SPDX-License-Identifier: Apache-2.0
//
// The journal of blocks in SQLite, a file of its own: what the routers are told must not wait for case files. Synced at
// every commit; what is overwritten is wiped (secure_delete), since a row may have held a subscriber's address.
using System.Data.Common;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Sqlite;

namespace Weir.Desk.Mitigation;

/// <summary>See <see cref="Open"/>. Many callers at once.</summary>
public sealed class MitigationJournal : IMitigationJournal, IDisposable
{
    private const string Columns =
        "id, target, state, threat, necessity, alternatives, non_case_subjects, subjects, counted_ms, case_id, "
        + "planned_by, planned_ms, approved_by, approved_ms, ends_ms, state_ms, evidence_ms, reason, "
        + "reason_detail, confirmed_ms, held, asked";

    private const string Put =
        $"INSERT OR REPLACE INTO leases ({Columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, "
        + "$13, $14, $15, $16, $17, $18, $19, $20, $21, $22)";

    private const string Get = $"SELECT {Columns} FROM leases WHERE state < 5 OR state_ms >= $1";

    private const string Delete = "DELETE FROM leases WHERE id = $1";

    private const string Pulse =
        "INSERT INTO pulse (id, beats) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET beats = beats + 1";

    private readonly SqliteFile _file;

    private MitigationJournal(SqliteFile file) => _file = file;

    /// <summary>Opens or makes the file; readable by its owner alone.</summary>
    /// <exception cref="MitigationJournalException">It cannot be had or is damaged.</exception>
    public static MitigationJournal Open(string path)
    {
        try
        {
            return new(SqliteFile.Open(new()
            {
                Path = path, Name = "the journal of blocks", Migrations = SqliteMigrations.Beside<MitigationJournal>(),
            }));
        }
        catch (SqliteFileException fault)
        {
            throw new MitigationJournalException(fault.Message, fault);
        }
    }

    public Task WriteAsync(IReadOnlyCollection<LeaseRow> rows, CancellationToken cancel) => WithSentenceAsync(
        "written",
        () => _file.WriteAsync(
            file =>
            {
                using var put = file.Statement(Put);
                foreach (var row in rows)
                {
                    _ = put.Run(
                        unchecked((long)row.Id), row.Target, (int)row.State, row.Threat, row.Necessity,
                        row.Alternatives, row.NonCaseSubjects, row.Subjects, row.CountedMs,
                        unchecked((long)row.Case), row.PlannedBy, row.PlannedMs, row.ApprovedBy, row.ApprovedMs,
                        row.EndsMs, row.StateMs, row.EvidenceMs, row.Reason,
                        row.ReasonDetail, row.ConfirmedMs, row.Held, row.Asked);
                }

                return true;
            },
            cancel));

    public Task DeleteAsync(ulong id, CancellationToken cancel) => WithSentenceAsync(
        "written",
        () => _file.WriteAsync(
            file =>
            {
                using var delete = file.Statement(Delete);
                return delete.Run(unchecked((long)id));
            },
            cancel));

    public Task ProbeAsync(CancellationToken cancel) => WithSentenceAsync(
        "written",
        () => _file.WriteAsync(
            file => File.Exists(file.Path) ? file.Run(Pulse) : throw new InvalidOperationException("the file is gone"),
            cancel));

    public Task<IReadOnlyList<LeaseRow>> LoadAsync(DateTimeOffset endedSince, CancellationToken cancel) =>
        WithSentenceAsync(
            "read",
            () => _file.ReadAsync<IReadOnlyList<LeaseRow>>(
                file => file.Read(Get, RowOf, endedSince.ToUnixTimeMilliseconds()), cancel));

    public void Dispose() => _file.Dispose();

    private static LeaseRow RowOf(DbDataReader row) => new()
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
        ConfirmedMs = row.IsDBNull(19) ? null : row.GetInt64(19),
        Held = row.GetInt32(20),
        Asked = row.GetInt32(21),
    };

    private async Task<T> WithSentenceAsync<T>(string what, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException)
        {
            throw new MitigationJournalException(
                $"the journal of blocks in {_file.Path} cannot be {what}: {fault.Message}; see the disk", fault);
        }
    }
}
