// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Records;

namespace Weir.Desk.Complaints;

/// <summary>Complaints that were handled before, in the records of cases: a restart does not open a second scope for
/// one. Durable when a call returns.</summary>
public sealed class ComplaintRecords(RecordsFile file, TimeProvider time) : IComplaintHistory
{
    private const string Find = "SELECT 1 FROM complaints WHERE reporter = $1 AND reference = $2";
    private const string Insert = "INSERT OR IGNORE INTO complaints (reporter, reference, at_ms) VALUES ($1, $2, $3)";

    public bool Knows(string reporter, string reference) => file.ReadAsync(
        connection =>
        {
            using var find = connection.Statement(Find);
            return find.Read(_ => true, reporter, reference).Count > 0;
        },
        CancellationToken.None).GetAwaiter().GetResult();

    public void Remember(string reporter, string reference) => file.WriteAsync(
        connection =>
        {
            using var insert = connection.Statement(Insert);
            return insert.Run(reporter, reference, SqliteValue.From(time.GetUtcNow()));
        },
        CancellationToken.None).GetAwaiter().GetResult();
}
