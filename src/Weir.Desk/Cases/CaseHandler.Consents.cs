// SPDX-License-Identifier: Apache-2.0
//
// A customer asks for a diagnosis of the own line (rules.md R20). The desk cannot wish for one: what opens the scope is
// a token that the vault signed for this desk, used up there before anything opens, and what it may hold is less than
// an event's scope.
using System.Security.Cryptography;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
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
            if (await Engine.DecideAsync(actor, request, cancel) is Decision.Deny deny)
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

        async Task<ConsentOutcome> RefusedAsync(Decision.Deny deny) =>
            new(null, null, (Decision.Deny)await Engine.RefuseAsync(actor, request, deny.Code, deny.Why, cancel));
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
        var diagnoses = Files.Where(f => f.State != CaseState.Erased).SelectMany(f => f.Scopes)
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
