// SPDX-License-Identifier: Apache-2.0
//
// Two chains beside each other: what left a process because the desk asked must stand in the desk's record under the
// same number, before. A desk that skips its entry, or whose record was cut, is found here; a request that was never
// answered is not a fault, for the other side may have been away.
using Weir.Contracts.Protocol;

namespace Weir.Hosting.Auditing.Reading;

/// <summary>What came of joining.</summary>
/// <param name="Joined">Releases whose number stands in both records.</param>
/// <param name="Unanswered">Requests in the desk's record that released nothing.</param>
/// <param name="Missing">Releases that the desk's record lacks, as sentences.</param>
public sealed record ChainJoin(int Joined, int Unanswered, IReadOnlyList<string> Missing)
{
    /// <summary>What the desk alone asks for; people's own requests to the vault stand in its record only.</summary>
    private static readonly HashSet<string> DesksActs =
    [
        AuditActions.SealSubject, AuditActions.KeyErased, AuditActions.Reissue, AuditActions.Attribute,
        AuditActions.SignGrant, AuditActions.Disclose, AuditActions.Notify, AuditActions.TellProtected,
        AuditActions.LineRoute, AuditActions.Garden, AuditActions.ReadEvidence, AuditActions.CountEvidence,
        AuditActions.CheckRemediation, AuditActions.EraseEvidence, AuditActions.LookBack, AuditActions.Compare,
        AuditActions.PopulationReport, AuditActions.CountCollateral,
    ];

    /// <summary>Joins the desk's record with that of the store or the vault; both were verified before.</summary>
    /// <param name="desk">Folder of the desk's record.</param>
    /// <param name="other">Folder of the other's.</param>
    /// <exception cref="AuditException">One cannot be read.</exception>
    public static ChainJoin Between(string desk, string other)
    {
        HashSet<string> asked = [];
        DateTimeOffset? since = null;
        foreach (var record in AuditReader.Entries(desk))
        {
            since ??= record.At;
            if (NumberOf(record.Entry) is { } number)
            {
                _ = asked.Add(number);
            }
        }

        List<string> missing = [];
        HashSet<string> answered = [];
        foreach (var record in AuditReader.Entries(other))
        {
            // What is older than the desk's record went with the desk's own retention.
            if (NumberOf(record.Entry) is not { } number || since is null || record.At < since)
            {
                continue;
            }

            if (asked.Contains(number))
            {
                _ = answered.Add(number);
            }
            else if (DesksActs.Contains(record.Entry.Act) && record.Entry.Outcome == AuditActions.Allow)
            {
                missing.Add(FormattableString.Invariant(
                    $"entry {record.Sequence} of {other} ({record.Entry.Act} {record.Entry.Case}, {number}) ")
                    + "has none in the desk's record");
            }
        }

        return new(answered.Count, asked.Count - answered.Count, missing);
    }

    private static string? NumberOf(AuditEntry entry) =>
        RequestNumber.IsOne(entry.Request) ? entry.Request : null;
}
