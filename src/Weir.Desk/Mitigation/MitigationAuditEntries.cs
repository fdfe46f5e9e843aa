// SPDX-License-Identifier: Apache-2.0
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
            Collateral = act == AuditActions.Block ? lease.Justification.Collateral?.NonCaseSubjects : null,
        };

    /// <summary>The end of a lease: why, and how long it was in force; without that where no router or resolver ever
    /// confirmed it.</summary>
    public static AuditEntry EndOf(
        Lease lease, DateTimeOffset now, LeaseEnd end, string actor, string role)
    {
        var entry = Entry(lease, end.Act, AuditActions.Allow, LeaseReasonText.Format(end.Why), actor, role);
        return entry with
        {
            Result = LeaseReason.ToName(end.Why.Code),
            LifetimeSeconds = lease.ConfirmedAt is { } since ? (long)(now - since).TotalSeconds : null,
        };
    }
}

/// <summary>How leases end.</summary>
/// <param name="To">The state they come to.</param>
/// <param name="Why">Why.</param>
/// <param name="Act">What the audit calls it.</param>
internal readonly record struct LeaseEnd(LeaseState To, LeaseReason Why, string Act = AuditActions.Unblock);
