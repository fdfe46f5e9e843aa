// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Policy;
using Weir.Desk.Reporting;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Comparisons;

/// <summary>What a run gave.</summary>
/// <param name="Shaped">Its report as it is shown.</param>
/// <param name="Withheld">What is not, for two people.</param>
/// <param name="WasKept">The store had published it before: no run was made.</param>
internal sealed record ComparedReport(Report Shaped, IReadOnlyList<WithheldRow> Withheld, bool WasKept);

/// <summary>A run's report: its digest in the audit, then kept among the runs; what was withheld beside it,
/// for two people.</summary>
internal static class ComparedRecord
{
    /// <exception cref="AuditException">The entry could not be made durable: nothing is kept and
    /// nothing may be shown.</exception>
    public static async Task KeepAsync(
        IAuditLog audit, ComparedRuns runs, ComparedReport report, DateTimeOffset at, CancellationToken cancel)
    {
        var (shaped, withheld, wasKept) = report;
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
                Permuted = wasKept ? null : shaped.Family.PermutedDiscoveries,
                Result = wasKept ? AuditActions.Again : "",
                Reason = wasKept ? "kept" : "",
            },
            cancel);
        _ = runs.Keep(shaped, withheld, at);
    }
}
