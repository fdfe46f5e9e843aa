// SPDX-License-Identifier: Apache-2.0
//
// Whether something may come of a case: the order that is brought follows from its grounds, which the vault verifies
// itself; its subject is who the case was sealed for; and the time in which anything may come of it is not over.
// Whoever asks is believed in none of this.
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Hosting.Braking;
using Weir.Hosting.Erasing;
using Weir.Vault.Attributing;
using Weir.Vault.Grounds;

namespace Weir.Vault.Sealing;

/// <summary>Judges orders about cases. Safe for any thread.</summary>
internal sealed class CaseGrounds(
    CaseSealStore seals, SubjectResolver names, EventKeys keys, GroundsOptions options, ErasureClock clock,
    OrderBrake brake, CurrentPeople people)
{
    private const string Beside = "grounds";

    private readonly Lock _records = new();
    private readonly PromotionProof _promotions = new(people);

    /// <summary>The order that fields write down.</summary>
    /// <exception cref="FormatException">They are none.</exception>
    public static ScopeOrder Read(ScopeOrderFields fields) =>
        fields.ToOrder() ?? throw new FormatException("the order is none: a field of it cannot be read");

    /// <summary>Judges an order by itself. Of one whose grounds are not corroborated nothing may come, but its case is
    /// sealed and keeps its name.</summary>
    /// <param name="order">The order.</param>
    /// <param name="mayBeDoubtful">Whether grounds will do that are not corroborated.</param>
    /// <exception cref="VaultRefusedException">It does not follow from its grounds, they are not corroborated, it is
    /// over, or the brake holds what it is about.</exception>
    public void Verify(ScopeOrder order, bool mayBeDoubtful = false)
    {
        VerifyGrounds(order, mayBeDoubtful);
        VerifyPromotion(order);
    }

    private void VerifyGrounds(ScopeOrder order, bool mayBeDoubtful)
    {
        var verdict = keys.Verify(order);
        if (!verdict.Follows)
        {
            throw new VaultRefusedException(
                DenyCode.NoTrigger, $"scope {order.Id} does not follow from its grounds: {verdict.Code}")
            {
                Word = verdict.Code,
            };
        }

        if (!verdict.IsCorroborated && !mayBeDoubtful)
        {
            throw new VaultRefusedException(
                DenyCode.NotCorroborated, $"scope {order.Id} is sealed: {EvidenceDoubts.ToSentence(verdict.Doubt)}");
        }

        if (clock.Latest - options.Retention > DateTimeOffset.FromUnixTimeMilliseconds(order.ExpiresMs))
        {
            throw new VaultRefusedException(
                DenyCode.Expired, $"scope {order.Id} is over, and the time in which something may come of it is too")
            {
                Word = VaultCodes.ScopeOver,
            };
        }

        if (verdict.IsCorroborated && !brake.Admits(order))
        {
            throw new VaultRefusedException(DenyCode.EntryHeld, OrderBrake.Sentence(order));
        }
    }

    /// <summary>Who an order is about; null where nobody is.</summary>
    /// <exception cref="EpochKeyException">The key of its epoch is no more, or not yet.</exception>
    public ResolvedSubject? Resolve(ScopeOrder order) => names.Resolve(order.Subject, order.Epoch);

    /// <summary>Judges an order of a sealed case, and keeps what it gives.</summary>
    /// <param name="order">The order.</param>
    /// <param name="mayBeDoubtful">Whether grounds will do that are not corroborated.</param>
    /// <returns>Who the case is about.</returns>
    /// <exception cref="VaultRefusedException">The case is not sealed, the order does not follow, its grounds are not
    /// corroborated, it is over, or is about somebody else.</exception>
    public SealedSubject Require(ScopeOrder order, bool mayBeDoubtful = false)
    {
        var subject = seals.Open(order.Case) ?? throw new VaultRefusedException(
            DenyCode.Unknown,
            $"{order.Case} has no key here: it was never sealed, or it is closed and its key destroyed");
        VerifyGrounds(order, mayBeDoubtful);
        lock (_records)
        {
            if (CaseRecord.Read(seals.OpenBeside(order.Case, Beside)) is not { } record)
            {
                throw new VaultRefusedException(DenyCode.NoTrigger, $"{order.Case} was never sealed on grounds")
                {
                    Word = VaultCodes.NotSealed,
                };
            }

            if (!record.Knows(order.Subject) && !IsSame(order, subject))
            {
                throw Other(GroundsFaults.ToCode(GroundsFault.OtherSubject), $"{order.Case} is about somebody else");
            }

            if (!record.Has(order.Id))
            {
                VerifyPromotion(order);
            }

            Keep(order, record);
        }

        return subject;
    }

    /// <summary>Keeps the grounds that a case is sealed on.</summary>
    /// <exception cref="VaultRefusedException">The scope is known with another purpose, class or time.</exception>
    public void Begin(ScopeOrder order)
    {
        lock (_records)
        {
            Keep(order, CaseRecord.Read(seals.OpenBeside(order.Case, Beside)) ?? CaseRecord.Empty);
        }
    }

    /// <summary>What is kept of a case; null where it was not sealed on grounds.</summary>
    public CaseRecord? Find(CaseId id)
    {
        lock (_records)
        {
            return CaseRecord.Read(seals.OpenBeside(id, Beside));
        }
    }

    /// <summary>Adds a name that the vault itself gave out.</summary>
    public void Add(CaseId id, SubjectKey name)
    {
        lock (_records)
        {
            if (CaseRecord.Read(seals.OpenBeside(id, Beside)) is { } record && !record.Knows(name))
            {
                seals.CloseBeside(id, Beside, record.With(name).Write());
            }
        }
    }

    /// <summary>Once for a scope: who signed may have left by the time something comes of it.</summary>
    private void VerifyPromotion(ScopeOrder order)
    {
        if (!_promotions.Holds(order))
        {
            throw new VaultRefusedException(
                DenyCode.SecondPersonNeeded,
                $"scope {order.Id} rests on what the store found in digests, and no promotion of that endpoint by two "
                    + "people whose keys are in the governance goes with it")
            {
                Word = PromotionProof.Missing,
            };
        }
    }

    private void Keep(ScopeOrder order, CaseRecord record)
    {
        var next = record.With(order)?.With(order.Subject) ?? throw Other(
            VaultCodes.OtherThanGrounds, $"scope {order.Id} is known here with another purpose, class or time");
        if (!ReferenceEquals(next, record))
        {
            seals.CloseBeside(order.Case, Beside, next.Write());
        }
    }

    private bool IsSame(ScopeOrder order, SealedSubject subject)
    {
        try
        {
            return Resolve(order)?.Subject == subject.Subject;
        }
        catch (EpochKeyException)
        {
            return false;
        }
    }

    private static VaultRefusedException Other(string word, string sentence) =>
        new(DenyCode.OutOfScope, sentence) { Word = word };
}
