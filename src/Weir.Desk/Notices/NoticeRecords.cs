// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Records;

namespace Weir.Desk.Notices;

/// <summary>The journal of notices, in the records of cases. Durable when a call returns.</summary>
public sealed class NoticeRecords(RecordsFile file) : INoticeJournal
{
    private const string Select =
        """
        SELECT case_id, step, scope_id, state, by, planned_ms, due_ms, done, attempts, fault, told_with, outcome, channel, reply, digest, language, proof_ms
        FROM notices ORDER BY planned_ms
        """;

    private const string Upsert =
        """
        INSERT INTO notices (case_id, step, scope_id, state, by, planned_ms, due_ms, done, attempts, fault, told_with, outcome, channel, reply, digest, language, proof_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
        ON CONFLICT (case_id, step) DO UPDATE SET scope_id = excluded.scope_id, state = excluded.state, by = excluded.by, planned_ms = excluded.planned_ms, due_ms = excluded.due_ms,
          done = excluded.done, attempts = excluded.attempts, fault = excluded.fault, told_with = excluded.told_with, outcome = excluded.outcome, channel = excluded.channel,
          reply = excluded.reply, digest = excluded.digest, language = excluded.language, proof_ms = excluded.proof_ms
        """;

    public Task<IReadOnlyList<NoticeRow>> LoadAsync(CancellationToken cancel) => TryAsync<IReadOnlyList<NoticeRow>>(
        "read",
        () => file.ReadAsync<IReadOnlyList<NoticeRow>>(
            connection =>
            {
                using var select = connection.Statement(Select);
                return select.Read(RowOf);
            },
            cancel));

    public Task WriteAsync(IReadOnlyCollection<NoticeRow> rows, CancellationToken cancel) => TryAsync(
        "written",
        () => file.WriteAsync(
            connection =>
            {
                using var upsert = connection.Statement(Upsert);
                foreach (var row in rows)
                {
                    var proof = row.Proof;
                    _ = upsert.Run(
                        SqliteValue.From(row.Case), (int)row.Step, SqliteValue.From(row.Scope), (int)row.State, row.By,
                        SqliteValue.From(row.PlannedAt),
                        SqliteValue.From(row.DueAt), string.Join('\n', row.Done), row.Attempts, row.Fault,
                        (int?)row.ToldWith, (int?)proof?.Outcome, proof?.Channel, proof?.Reply, proof?.Digest,
                        proof?.Language, SqliteValue.From(proof?.At));
                }

                return rows.Count;
            },
            cancel));

    private static NoticeRow RowOf(DbDataReader row) => new()
    {
        Case = new CaseId(row.Number(0)),
        Step = (NoticeStep)row.GetInt32(1),
        Scope = new ScopeId(row.Number(2)),
        State = (NoticeState)row.GetInt32(3),
        By = row.GetString(4),
        PlannedAt = row.At(5),
        DueAt = row.At(6),
        Done = ReadDone(row.GetString(7)),
        Attempts = row.GetInt32(8),
        Fault = row.GetString(9),
        ToldWith = row.IsDBNull(10) ? null : (NoticeStep)row.GetInt32(10),
        Proof = row.MaybeAt(16) is { } at
            ? new NoticeReceipt(
                (NoticeOutcome)row.GetInt32(11), row.GetString(12), row.GetString(13), row.GetString(14),
                row.GetString(15), at)
            : null,
    };

    private static IReadOnlyList<ActionTaken> ReadDone(string lines) =>
    [
        .. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line =>
            ActionTaken.TryParse(line, out ActionTaken done)
                ? done
                : throw new InvalidOperationException($"'{line}' is nothing that was done")),
    ];

    private async Task<T> TryAsync<T>(string what, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (fault is DbException or InvalidOperationException or ObjectDisposedException)
        {
            throw new NoticeJournalException($"the journal of notices in {file.Path} cannot be {what}: "
                + $"{fault.Message}; see the disk, then start Weir again", fault);
        }
    }
}
