// SPDX-License-Identifier: Apache-2.0
//
// Subjects go under the keys of their cases on grounds that the vault verifies, get the names of another epoch while a
// scope of theirs runs, and go for good with their case (rules.md R8). Each act has its entry on the vault's own chain
// before it happens; entries hold pseudonyms and numbers, never an address or a line's name.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Attributing;
using Weir.Vault.Chain;

namespace Weir.Vault.Sealing;

/// <summary>What cases need to be kept by.</summary>
internal sealed record SealDependencies(
    CaseSealStore Seals, CaseGrounds Grounds, SubjectResolver Names, IEnumerable<ICaseEnding> Endings);

/// <summary>Seals, re-issues, destroys. Safe for any thread.</summary>
internal sealed class SealGate(SealDependencies parts, IAuditLog audit, VaultRefusals refusals, TimeProvider time)
{
    public Task<Done> SealAsync(PeerCall call, SealAsk ask, CancellationToken cancel) => refusals.AnswerAsync(
        call, ask.Number, async asker =>
        {
            await SealAsync(CaseGrounds.Read(ask.Order), asker, cancel);
            return Done.It;
        });

    public Task<Done> DestroyAsync(PeerCall call, DestroyAsk ask, CancellationToken cancel) => refusals.AnswerAsync(
        call, ask.Number, async asker =>
        {
            await DestroyAsync(VaultText.Case(ask.Case), asker, cancel);
            return Done.It;
        });

    public Task<ReissuedNames> ReissueAsync(PeerCall call, ReissueAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            if (ask.Cases.Count > VaultLimits.MaxAtOnce)
            {
                throw new FormatException(string.Create(
                    CultureInfo.InvariantCulture, $"at most {VaultLimits.MaxAtOnce} cases are re-issued at once"));
            }

            var names = await ReissueAsync([.. ask.Cases.Select(VaultText.Case)], ask.Epoch, asker, cancel);
            return new ReissuedNames(names.ToDictionary(one => one.Key.ToString(), one => one.Value.ToString()));
        });

    /// <summary>Seals who an order is about; again for the same subject adds what the order gives.</summary>
    internal async Task SealAsync(ScopeOrder order, Asker asker, CancellationToken cancel)
    {
        var entry = asker.Entry(AuditActions.SealSubject) with
        {
            Purpose = Purposes.ToName(order.Purpose),
            Case = order.Case.ToString(),
            Scope = order.Id.ToString(),
            Subject = order.Subject.ToString(),
        };
        SealedSubject subject;
        try
        {
            subject = Find(order);
        }
        catch (VaultRefusedException refused)
        {
            _ = await audit.AppendAsync(entry with { Outcome = refused.Word }, cancel);
            throw;
        }

        _ = await audit.AppendAsync(entry, cancel);
        _ = parts.Seals.Seal(order.Case, subject);
        parts.Grounds.Begin(order);
    }

    internal async Task DestroyAsync(CaseId id, Asker asker, CancellationToken cancel)
    {
        foreach (var ending in parts.Endings)
        {
            await ending.ReleaseAsync(id, asker, cancel);
        }

        _ = await audit.AppendAsync(asker.Entry(AuditActions.KeyErased) with { Case = id.ToString() }, cancel);
        _ = parts.Seals.Destroy(id);
    }

    /// <summary>Names of now or of the next epoch, for cases with a scope that is not over; others are left
    /// out.</summary>
    internal async Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, Asker asker, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var entry = asker.Entry(
            AuditActions.Reissue, string.Create(CultureInfo.InvariantCulture, $"epoch {epoch}")) with
        {
            Rows = cases.Count,
        };
        if (epoch < Epochs.At(now))
        {
            _ = await audit.AppendAsync(entry with { Outcome = VaultCodes.OtherThanGrounds }, cancel);
            throw new VaultRefusedException(
                DenyCode.OutOfScope, $"epoch {epoch} is over: names of before are given to nobody")
            {
                Word = VaultCodes.OtherThanGrounds,
            };
        }

        _ = await audit.AppendAsync(entry, cancel);
        var names = new Dictionary<CaseId, SubjectKey>();
        foreach (var id in cases)
        {
            if (parts.Seals.Open(id) is { } subject && parts.Grounds.Find(id) is { } record
                && record.Scopes.Any(scope => scope.ExpiresMs > now.ToUnixTimeMilliseconds()))
            {
                names[id] = parts.Names.Pseudonymize(subject.Subject, epoch);
                parts.Grounds.Add(id, names[id]);
            }
        }

        return names;
    }

    private SealedSubject Find(ScopeOrder order)
    {
        try
        {
            var known = parts.Seals.Open(order.Case);
            if (known is not null && parts.Grounds.Find(order.Case) is not null)
            {
                return parts.Grounds.Require(order, mayBeDoubtful: true);
            }

            // New, or cut off between the seal and what stands beside it.
            parts.Grounds.Verify(order, mayBeDoubtful: true);
            var found = parts.Grounds.Resolve(order) ?? throw new VaultRefusedException(
                DenyCode.Unattributable,
                $"{order.Subject} of epoch {order.Epoch} stands for nobody; it is another epoch's, or its line is no "
                    + "longer on record");
            return known is null || known.Subject == found.Subject
                ? new(found.Subject, found.Line, order.Epoch, time.GetUtcNow().ToUnixTimeMilliseconds())
                : throw new VaultRefusedException(
                    DenyCode.OutOfScope, $"{order.Case} is sealed for another subject; a case has one for good");
        }
        catch (EpochKeyException gone)
        {
            throw new VaultRefusedException(DenyCode.Unattributable, gone.Message);
        }
    }
}
