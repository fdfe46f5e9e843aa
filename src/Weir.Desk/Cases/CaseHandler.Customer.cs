// SPDX-License-Identifier: Apache-2.0
//
// What the customer may do about an own case (rules.md R14, R19) beside saying that it is fixed, which begins a check:
// ask that it be looked at again. The vault signed that the customer did; nobody else is believed. It closes and opens
// nothing: an analyst's case stays the analyst's.
using Weir.Contracts.Customers;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

public sealed partial class CaseHandler
{
    /// <summary>Who acts through the page of a case; in the audit and in comments.</summary>
    public const string Customer = "customer";

    /// <summary>Keeps the customer's words with the case; the audit has that they came, not what they are.</summary>
    /// <param name="act">The act, as the vault signed it.</param>
    /// <param name="cancel">Gives up.</param>
    public Task AppealOfCustomerAsync(CustomerAct act, CancellationToken cancel) => ActAsync(
        draft =>
        {
            if (draft.Get(act.Case) is not { } file || file.State == CaseState.Erased)
            {
                return;
            }

            var comment = new CaseComment(act.At, Customer, act.Words);
            draft.Entries.Add(CreateCustomerEntry(AuditActions.Appeal, file, act, "asks that it be looked at again"));
            draft.Put(file with { Comments = file.Comments.Add(comment) });
            draft.Comment(act.Case, comment);
            draft.Touch(act.Case);
        },
        cancel);

    private static AuditEntry CreateCustomerEntry(
        string name, CaseFile file, CustomerAct act, string reason) => new()
    {
        Actor = Customer,
        Role = Customer,
        Act = name,
        Outcome = AuditActions.Allow,
        Case = file.Id.ToString(),
        Subject = file.Subject.ToString(),
        Request = act.Id, Reason = reason,
    };
}
