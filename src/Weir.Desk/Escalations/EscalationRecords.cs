// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using System.Globalization;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Records;

namespace Weir.Desk.Escalations;

/// <summary>Ladders in the records of cases. Every method is durable when it returns.</summary>
public sealed class EscalationRecords(RecordsFile file) : IEscalationRecords
{
    private const string Put =
        """
        INSERT OR REPLACE INTO ladders (case_id, rung, state, since_ms, clear_ms, told_ms, check_ms, review_ms, confirmed, ordered_by, ordered_for, owed, why, unknown_ms)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
        """;

    private const string Mark =
        "INSERT INTO ladder_steps (case_id, at_ms, step, rung, by, why) VALUES ($1, $2, $3, $4, $5, $6)";

    private const string Get =
        "SELECT case_id, rung, state, since_ms, clear_ms, told_ms, check_ms, review_ms, confirmed, ordered_by, "
        + "ordered_for, owed, why, unknown_ms FROM ladders WHERE state <> 6 OR confirmed <> 0";

    private const string Steps = "SELECT at_ms, step, rung, by, why FROM ladder_steps WHERE case_id = $1 ORDER BY seq";

    public Task WriteAsync(Escalation ladder, EscalationStepRecord? mark, CancellationToken cancel) => file.WriteAsync(
        connection =>
        {
            using var put = connection.Statement(Put);
            _ = put.Run(
                SqliteValue.From(ladder.Case), (int)ladder.Rung, (int)ladder.State, SqliteValue.From(ladder.Since),
                SqliteValue.From(ladder.ClearAt),
                SqliteValue.From(ladder.ToldAt), SqliteValue.From(ladder.CheckAt), SqliteValue.From(ladder.ReviewSince),
                (int)ladder.Confirmed, ladder.OrderedBy, ladder.OrderedFor,
                string.Join(
                    ',', ladder.PendingNotices.Select(step => ((int)step).ToString(CultureInfo.InvariantCulture))),
                ladder.Why, SqliteValue.From(ladder.UnknownSince));
            if (mark is not null)
            {
                using var insert = connection.Statement(Mark);
                _ = insert.Run(
                    SqliteValue.From(mark.Case), SqliteValue.From(mark.At), (int)mark.Step, (int)mark.Rung, mark.By,
                    mark.Why);
            }

            return 0;
        },
        cancel);

    public Task<IReadOnlyList<Escalation>> LoadAsync(CancellationToken cancel) =>
        file.ReadAsync<IReadOnlyList<Escalation>>(
            connection =>
            {
                using var get = connection.Statement(Get);
                return get.Read(LadderOf);
            },
            cancel);

    public Task<IReadOnlyList<EscalationStepRecord>> StepsAsync(CaseId id, CancellationToken cancel) =>
        file.ReadAsync<IReadOnlyList<EscalationStepRecord>>(
            connection =>
            {
                using var steps = connection.Statement(Steps);
                return steps.Read(
                    row => new EscalationStepRecord(
                        id, row.At(0), (EscalationStep)row.GetInt32(1), (EscalationLevel)row.GetInt32(2),
                        row.GetString(3), row.GetString(4)),
                    SqliteValue.From(id));
            },
            cancel);

    private static Escalation LadderOf(DbDataReader row) => new()
    {
        Case = new CaseId(row.Number(0)),
        Rung = (EscalationLevel)row.GetInt32(1),
        State = (EscalationState)row.GetInt32(2),
        Since = row.At(3),
        ClearAt = row.At(4),
        ToldAt = row.MaybeAt(5),
        CheckAt = row.MaybeAt(6),
        ReviewSince = row.MaybeAt(7),
        Confirmed = (WalledGarden)row.GetInt32(8),
        OrderedBy = row.GetString(9),
        OrderedFor = row.GetString(10),
        PendingNotices = [.. row.GetString(11).Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(step => (NoticeStep)int.Parse(step, CultureInfo.InvariantCulture))],
        Why = row.GetString(12),
        UnknownSince = row.MaybeAt(13),
    };
}
