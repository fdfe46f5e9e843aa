// SPDX-License-Identifier: Apache-2.0
//
// A customer asks for a diagnosis of the own line (rules.md R20). The desk cannot wish for one: what opens the scope is
// a token that the vault signed for this desk, used up there before anything opens, and what it may hold is less than
// an event's scope.
using System.Security.Cryptography;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Customers;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;

namespace Weir.Desk.Cases;

/// <summary>What became of a token.</summary>
/// <param name="Case">The case, or null where refused.</param>
/// <param name="Scope">Its new scope.</param>
/// <param name="Refused">Why not; null where opened.</param>
public sealed record ConsentOutcome(CaseId? Case, ScopeId? Scope, Decision.Deny? Refused);

public sealed partial class CaseHandler
{
    /// <summary>Takes a customer's consent from somebody who brings it.</summary>
    /// <exception cref="AuditException">It could not be made durable: nothing opens.</exception>
    public async Task<ConsentOutcome> TakeConsentAsync(Actor actor, string token, CancellationToken cancel)
    {
        var request = new Request.UseConsent(
            Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(token))));
        if (!Roles.May(actor.Role, Permission.TakeConsent))
        {
            return new(null, null, (Decision.Deny)await Engine.DecideAsync(actor, request, cancel));
        }

        return await TakeConsentAsync(
            token, async () => await Engine.DecideAsync(actor, request, cancel) as Decision.Deny,
            async deny => (Decision.Deny)await Engine.RefuseAsync(actor, request, deny.Code, deny.Why, cancel), cancel);
    }

    /// <summary>Takes the consent that a customer gave on the page of a case; the vault signed that they did.</summary>
    /// <param name="act">The act with the token.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="AuditException">It could not be made durable: nothing opens.</exception>
    public async Task<ConsentOutcome> TakeConsentAsync(CustomerAct act, CancellationToken cancel)
    {
        if (Find(act.Case) is not { } file)
        {
            return new(null, null, new(DenyCode.Unknown, $"{act.Case} does not exist."));
        }

        var entry = CreateCustomerEntry(AuditActions.Consent, file, act, "agrees to a look") with
        {
            Purpose = Purposes.ToName(Purpose.CustomerDiagnosis), Rule = ConsentValidator.Trigger,
        };
        return await TakeConsentAsync(
            act.Words,
            async () =>
            {
                if (!_parts.Policy.Purposes.Contains(Purpose.CustomerDiagnosis))
                {
                    return await RefusedAsync(new(
                        DenyCode.ActionNotAllowed,
                        "The policy in force does not name the purpose customer-diagnosis."));
                }

                _ = await _parts.Audit.AppendAsync(entry, cancel);
                return null;
            },
            RefusedAsync, cancel);

        async Task<Decision.Deny> RefusedAsync(Decision.Deny deny)
        {
            _ = await _parts.Audit.AppendAsync(entry with { Outcome = DenyCodes.ToName(deny.Code) }, cancel);
            return deny;
        }
    }

    /// <param name="token">What the vault signed.</param>
    /// <param name="decide">Decides and records before it is used up; null where it is allowed.</param>
    /// <param name="refuse">Records a refusal.</param>
    /// <param name="cancel">Gives up.</param>
    private async Task<ConsentOutcome> TakeConsentAsync(
        string token, Func<Task<Decision.Deny?>> decide, Func<Decision.Deny, Task<Decision.Deny>> refuse,
        CancellationToken cancel)
    {
        try
        {
            if (_parts.Consents is not { } consents)
            {
                return await RefusedAsync(new(
                    DenyCode.NotAuthenticated,
                    "Nobody can sign a consent here: it needs a vault (vault.socket), and another profile than lab."));
            }

            using var key = ECDsa.Create();
            key.ImportFromPem(await consents.ConsentKeyAsync(cancel));
            if (!ConsentToken.TryRead(token, key, out var consent))
            {
                return await RefusedAsync(new(DenyCode.NotAuthenticated, "This is no consent that the vault signed."));
            }

            if (ConsentValidator.Fault(consent, _parts.Policy.DiagnosisHours, _parts.Time.GetUtcNow()) is { } fault)
            {
                return await RefusedAsync(fault);
            }

            // The entry stands before the vault uses the consent up: whatever fails from here on was asked, and by
            // whom is known.
            if (await decide() is { } deny)
            {
                return new(null, null, deny);
            }

            return await OpenForConsentAsync(consent, await consents.RedeemAsync(token, cancel), cancel);
        }
        catch (VaultRefusedException refused)
        {
            return await RefusedAsync(new(refused.Code, refused.Message));
        }
        catch (VaultDownException down)
        {
            return await RefusedAsync(new(DenyCode.VaultDown, down.Message));
        }

        async Task<ConsentOutcome> RefusedAsync(Decision.Deny deny) => new(null, null, await refuse(deny));
    }

    private async Task<ConsentOutcome> OpenForConsentAsync(
        Consent consent, SubjectKey subject, CancellationToken cancel)
    {
        var from = consent.From.ToUnixTimeMilliseconds();
        var scope = await OpenAsync(
            new Grant(
                GrantKind.Consent, consent.Id.ToString()!, subject, Epochs.At(from),
                new TrafficClass(consent.Class).Predicate, from, consent.Until.ToUnixTimeMilliseconds()),
            new GrantedScope(
                new ScopeId(FreshNumber()), Purpose.CustomerDiagnosis, ConsentValidator.Actions,
                ConsentValidator.Trigger, new ConsentTrigger(consent.Id.ToString()!)),
            cancel);
        return new(_book.Find(scope)!.Scope.Case, scope, null);
    }

    /// <summary>What the customer has withdrawn ends at once, and what it held is erased: first the
    /// record, then the act.</summary>
    private async Task EndWithdrawnAsync(CancellationToken cancel)
    {
        var diagnoses = Due(CaseDuty.Consent).SelectMany(f => f.Scopes)
            .Where(s => s.State != ScopeState.Erased && ConsentOf(s) is not null)
            .ToDictionary(s => ConsentOf(s)!.Value);
        IReadOnlyCollection<ConsentId> withdrawn = [];
        if (diagnoses.Count == 0 || _parts.Consents is not { } consents
            || !await TryVaultAsync(async () => withdrawn = await consents.WithdrawnAsync(diagnoses.Keys, cancel)))
        {
            return;
        }

        foreach (var id in withdrawn.Where(diagnoses.ContainsKey))
        {
            var scope = diagnoses[id].Scope;
            var entry = EntryOf(
                Actor.Weir, AuditActions.WithdrawConsent, _book.Get(scope.Case)!,
                "the customer withdrew the consent") with
            {
                Scope = scope.Id.ToString(), Purpose = Purposes.ToName(scope.Purpose), Rule = ConsentValidator.Trigger,
            };
            await _parts.Audit.AppendAsync(entry, cancel);
            await _parts.Audit.AppendAsync(entry with { Act = AuditActions.EraseEvidence }, cancel);
            Orders.Apply([], [scope.Id]);
            await _parts.Evidence.EraseAsync([scope.Id], cancel);
            await ActAsync(
                draft =>
                {
                    var file = draft.Get(scope.Case)!;
                    var now = file.Scopes.First(s => s.Scope.Id == scope.Id);
                    if (now.State is ScopeState.Open)
                    {
                        now = now with { State = ScopeState.Ended };
                        file = draft.Mark(file, now);
                    }

                    _ = draft.Mark(file, now with { State = ScopeState.Erased, Envelopes = [] });
                },
                cancel);
        }
    }

    /// <summary>The consent behind a scope; null where none is.</summary>
    private static ConsentId? ConsentOf(CaseScope scope) => (scope.Facts as ConsentTrigger)?.Id;
}
