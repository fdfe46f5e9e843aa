// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;

namespace Weir.Hosting.Auditing;

/// <summary>Signatures of people as entries: each chain that something happened by holds them itself, with their exact
/// octets, so that it is verified alone.</summary>
public static class SignedEntries
{
    /// <summary>An entry for each signature under an approval that was verified, to stand before the act's.</summary>
    /// <param name="approval">What two people signed.</param>
    /// <param name="people">Whose keys count.</param>
    public static IEnumerable<AuditEntry> From(SignedApproval approval, People people) =>
        from signature in approval.Signatures
        let looked = signature.Verify(people, null)
        where looked.Person is not null && looked.Request is not null
        select new AuditEntry
        {
            Actor = looked.Person!.Name,
            Role = Actor.ToName(looked.Role),
            Act = AuditActions.SignApproval,
            Outcome = AuditActions.Allow,
            Case = looked.Request!.Case,
            Approval = looked.Request!.Number,
            Text = signature.Text,
            Signature = signature.Signature,
        };

    /// <summary>The number of what was signed; empty for nothing.</summary>
    public static string NumberOf(SignedApproval? approval) =>
        approval is { Signatures: [var first, ..] } && ApprovalText.TryRead(first.Text, out var request, out _)
            ? request.Number
            : "";
}
