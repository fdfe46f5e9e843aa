// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Mitigation;

/// <summary>Entries of the audit about blocks. The target is digested, without the line it is for: an address is found
/// from its digest in a moment.</summary>
internal static class MitigationAuditEntries
{
    public static AuditEntry Entry(
        Lease lease, string act, string outcome, string reason, string actor = "weir", string role = "machine") =>
        new()
        {
            Actor = actor,
            Role = role,
            Act = act,
            Outcome = outcome,
            Case = lease.Case.Number == 0 ? "" : lease.Case.ToString(),
            PredicateDigest = Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes(lease.Target.WithoutLine().ToString()))),
            Reason = $"{lease.Id}: {reason}",
        };

    /// <summary>How a lease that ends was: the transparency report reads <c>life=SECONDS</c>.</summary>
    public static string FormatLifetime(Lease lease, DateTimeOffset now, string why) => string.Create(
        CultureInfo.InvariantCulture,
        $"{why}; life={(lease.ApprovedAt is { } since ? (long)(now - since).TotalSeconds : 0)}");
}
