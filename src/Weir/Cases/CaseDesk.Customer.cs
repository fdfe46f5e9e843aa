// SPDX-License-Identifier: Apache-2.0
//
// What the customer may do about an own case (rules.md R14, R19): say that it is fixed, which begins a check that counts and
// shows no rows (R5, worked example 13), and ask that it be looked at again. Neither closes nor opens anything else: who
// says "fixed" and is not loses nothing, and an analyst's case stays the analyst's.
using Weir.Auditing;
using Weir.Deciding;
using Weir.Flows;

namespace Weir.Cases;

public sealed partial class CaseDesk
{
    /// <summary>Who acts through the page of a case; in the audit and in comments.</summary>
    public const string Customer = "customer";

    private const string CheckRule = "remediation/1";

    /// <summary>For each class of a case one count from now on, unless a check runs. False where nothing began.</summary>
    /// <param name="id">Of the case.</param>
    /// <param name="length">How long the check lasts; at most what the policy says.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<bool> CheckForCustomerAsync(CaseId id, TimeSpan length, CancellationToken cancel)
    {
        var began = false;
        var most = TimeSpan.FromDays(_parts.Policy.RemediationDays);
        await ActAsync(
            draft =>
            {
                if (draft.Get(id) is not { } file || file.State == CaseState.Erased || file.Scopes.Any(s => s.State == ScopeState.Open && s.Scope.Purpose == Purpose.RemediationCheck))
                {
                    return;
                }

                draft.Entries.Add(OfCustomer(Acts.EditCase, file, "says that it is fixed"));
                var from = draft.Now.ToUnixTimeMilliseconds();
                var until = from + (long)(length < most ? length : most).TotalMilliseconds;
                foreach (var named in file.Scopes.Where(IsCheckable).Select(s => s.Scope.Class).DistinctBy(c => c.ToString()).ToList())
                {
                    var row = RowOf(new ScopeId(FreshNumber()), file, named.Predicate, Purpose.RemediationCheck, ScopeActions.Count, CheckRule, from, until, "the customer says that it is fixed");
                    _plan.Open(draft, draft.Get(id)!, row with { Epoch = file.Epoch }, from, until);
                    began = true;
                }
            },
            cancel);
        return began;
    }

    /// <summary>Keeps the customer's words with the case; the audit has that they came, not what they are.</summary>
    public Task AppealOfCustomerAsync(CaseId id, string words, CancellationToken cancel) => ActAsync(
        draft =>
        {
            if (draft.Get(id) is not { } file || file.State == CaseState.Erased)
            {
                return;
            }

            var comment = new CaseComment(draft.Now, Customer, words.Length <= MostText ? words : words[..MostText]);
            draft.Entries.Add(OfCustomer(Acts.Appeal, file, "asks that it be looked at again"));
            draft.Put(file with { Comments = file.Comments.Add(comment) });
            draft.Comment(id, comment);
        },
        cancel);

    /// <summary>What the line itself did; who is attacked has nothing to fix, and a check is not checked.</summary>
    private static bool IsCheckable(ScopeFile scope) =>
        scope.State != ScopeState.Erased && scope.Scope.Purpose is not (Purpose.RemediationCheck or Purpose.LawfulHold or Purpose.NetworkIntegrity or Purpose.CustomerDiagnosis);

    private static AuditEntry OfCustomer(string act, CaseFile file, string reason) => new()
    {
        Actor = Customer, Role = Customer, Act = act, Outcome = Acts.Allow, Case = file.Id.ToString(), Subject = file.Subject.ToString(), Reason = reason,
    };
}
