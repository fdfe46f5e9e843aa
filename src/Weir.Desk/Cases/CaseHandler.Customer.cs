// SPDX-License-Identifier: Apache-2.0
//
// What the customer may do about an own case (rules.md R14, R19) beside saying that it is fixed, which begins a check:
// ask that it be looked at again. It closes and opens nothing: an analyst's case stays the analyst's.
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>Who acts through the page of a case; in the audit and in comments.</summary>
    public const string Customer = "customer";

    /// <summary>Keeps the customer's words with the case; the audit has that they came, not what they are.</summary>
    public Task AppealOfCustomerAsync(CaseId id, string words, CancellationToken cancel) => ActAsync(
        draft =>
        {
            if (draft.Get(id) is not { } file || file.State == CaseState.Erased)
            {
                return;
            }

            var comment = new CaseComment(
                draft.Now, Customer, words.Length <= MaxTextLength ? words : words[..MaxTextLength]);
            draft.Entries.Add(CreateCustomerEntry(AuditActions.Appeal, file, "asks that it be looked at again"));
            draft.Put(file with { Comments = file.Comments.Add(comment) });
            draft.Comment(id, comment);
        },
        cancel);

    private static AuditEntry CreateCustomerEntry(string act, CaseFile file, string reason) => new()
    {
        Actor = Customer,
        Role = Customer,
        Act = act,
        Outcome = AuditActions.Allow,
        Case = file.Id.ToString(),
        Subject = file.Subject.ToString(),
        Reason = reason,
    };
}
