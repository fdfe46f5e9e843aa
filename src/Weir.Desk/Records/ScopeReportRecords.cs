// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Desk.Orders;

namespace Weir.Desk.Records;

/// <summary>What collectors said of scopes, in the records of cases. Durable when a call returns.</summary>
public sealed class ScopeReportRecords(RecordsFile file) : IScopeReportRecords
{
    private const string Upsert =
        """
        INSERT INTO scope_reports (scope_id, collector, whole_ms, refused) VALUES ($1, $2, $3, $4)
        ON CONFLICT (scope_id, collector) DO UPDATE SET whole_ms = excluded.whole_ms, refused = excluded.refused
        """;

    public Task WriteAsync(IReadOnlyCollection<HeardReport> reports, CancellationToken cancel) => file.WriteAsync(
        connection =>
        {
            using var upsert = connection.Statement(Upsert);
            foreach (var report in reports)
            {
                _ = upsert.Run(SqliteValue.From(report.Scope), report.Collector, report.WholeSinceMs, report.Refused);
            }

            return reports.Count;
        },
        cancel);

    public Task<IReadOnlyList<HeardReport>> LoadAsync(CancellationToken cancel) =>
        file.ReadAsync<IReadOnlyList<HeardReport>>(
            connection =>
            {
                using var all =
                    connection.Statement("SELECT scope_id, collector, whole_ms, refused FROM scope_reports");
                return all.Read(row => new HeardReport(
                    new ScopeId(row.Number(0)), row.GetString(1), row.IsDBNull(2) ? null : row.GetInt64(2),
                    row.GetString(3)));
            },
            cancel);
}
