// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Policy;
using Weir.Desk.Reporting;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Comparisons;

/// <summary>A run's report: its digest in the audit, then kept among the runs; what was withheld beside it,
/// for two people.</summary>
internal static class ComparedRecord
{
    /// <exception cref="AuditException">The entry could not be made durable: nothing is kept and
    /// nothing may be shown.</exception>
    public static async Task KeepAsync(
        IAuditLog audit, ComparedRuns runs, Report shaped, IReadOnlyList<WithheldRow> withheld, DateTimeOffset at,
        CancellationToken cancel)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(ReportJson.Write(shaped))));
        await audit.AppendAsync(
            new AuditEntry
            {
                Actor = Actor.Weir.Name,
                Role = Actor.Weir.RoleWord,
                Act = AuditActions.Compare,
                Outcome = AuditActions.Allow,
                Rows = shaped.Candidates.Count,
                ResultDigest = digest,
                Permuted = shaped.Family.PermutedDiscoveries,
            },
            cancel);
        _ = runs.Keep(shaped, withheld, at);
    }
}
