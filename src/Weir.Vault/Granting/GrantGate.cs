// SPDX-License-Identifier: Apache-2.0
//
// The vault's word (rules.md R2, R8, R20): a complaint that it attributed, a consent that it redeemed, a new name of a
// case that it sealed. It signs what it found itself and nothing else, whoever asks for what.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Attributing;
using Weir.Vault.Chain;
using Weir.Vault.Keys;
using Weir.Vault.Sealing;

namespace Weir.Vault.Granting;

/// <summary>What grants are made from.</summary>
internal sealed record GrantDependencies(
    GrantKey Key, GrantLedger Findings, CaseSealStore Seals, CaseGrounds Grounds, SubjectResolver Names);

/// <summary>Signs grants. Safe for any thread.</summary>
internal sealed class GrantGate(GrantDependencies parts, IAuditLog audit, VaultRefusals refusals)
{
    public Task<SignedGrant> AnswerAsync(PeerCall call, GrantAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker => new SignedGrant(await SignAsync(
            ask.Wanted.TryCreate(out var wanted)
                ? wanted
                : throw new FormatException("the grant is none: a field of it cannot be read"),
            asker, cancel)));

    internal async Task<Envelope> SignAsync(Grant wanted, Asker asker, CancellationToken cancel)
    {
        var entry = asker.Entry(AuditActions.SignGrant, $"{Word(wanted.Kind)} {wanted.Id}") with
        {
            Case = wanted.Kind == GrantKind.Reissue ? wanted.Case.ToString() : "",
            Subject = wanted.Subject.ToString(),
            PredicateDigest = GrantLedger.Digest(wanted),
        };
        if (Refusal(wanted) is { } refusal)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refusal.Word }, cancel);
            throw refusal;
        }

        _ = await audit.AppendAsync(entry, cancel);
        return GrantDocument.Sign(wanted, parts.Key.Key);
    }

    private VaultRefusedException? Refusal(Grant wanted) => wanted.Kind == GrantKind.Reissue
        ? IsReissued(wanted)
            ? null
            : Nothing($"{wanted.Case} has no such name here")
        : parts.Findings.Find(wanted.Kind, wanted.Id) is not { } found
            ? Nothing($"the vault found nothing under {wanted.Id}")
        : found.Digest != GrantLedger.Digest(wanted)
            ? new(DenyCode.OutOfScope, $"the vault found something else under {wanted.Id}")
            {
                Word = VaultCodes.OtherGrant,
            }
        : null;

    /// <summary>The new name is the sealed subject's, and the one of before is one that the case is known by.</summary>
    private bool IsReissued(Grant wanted)
    {
        try
        {
            return wanted is { FromMs: 0, UntilMs: 0 }
                && wanted.Id == string.Create(CultureInfo.InvariantCulture, $"{wanted.Case}-{wanted.Epoch}")
                && parts.Seals.Open(wanted.Case) is { } subject
                && parts.Grounds.Find(wanted.Case) is { } record
                && record.Knows(wanted.Before)
                && parts.Names.Pseudonymize(subject.Subject, wanted.Epoch) == wanted.Subject;
        }
        catch (EpochKeyException)
        {
            return false;
        }
    }

    private static VaultRefusedException Nothing(string sentence) =>
        new(DenyCode.NoTrigger, sentence) { Word = VaultCodes.NothingToGrant };

    private static string Word(GrantKind kind) => kind switch
    {
        GrantKind.Complaint => "complaint",
        GrantKind.Consent => "consent",
        _ => "new name",
    };
}
