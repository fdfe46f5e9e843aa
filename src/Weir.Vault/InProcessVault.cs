// SPDX-License-Identifier: Apache-2.0
//
// What the vault does, each act with its own entry in the vault's own record before it happens (rules.md R8, R9, R12).
// The entries carry pseudonyms and case numbers, never an address or a line's name.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Vault.Disclosing;
using Weir.Vault.Gardening;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault;

/// <summary>The vault's work for cases, in its own process. Safe for any thread.</summary>
/// <param name="parts">What it works with.</param>
/// <param name="asker">User at the other end, for the record.</param>
/// <param name="time">The clock.</param>
internal sealed class InProcessVault(VaultDependencies parts, string asker, TimeProvider time) : IVault
{
    private readonly SubjectResolver _naming = new(parts);

    public async Task SealAsync(CaseId id, SubjectKey subject, uint epoch, CancellationToken cancel)
    {
        ResolvedSubject found;
        try
        {
            found = _naming.Resolve(subject, epoch)
                ?? throw new VaultRefusedException(DenyCode.Unattributable, $"{subject} of epoch {epoch} stands for "
                    + "nobody; it is another epoch's, or its line is no longer on record");
        }
        catch (VaultRefusedException refused)
        {
            await NoteAsync(AuditActions.SealSubject, DenyCodes.ToName(refused.Code), id, subject.ToString(), cancel);
            throw;
        }
        catch (EpochKeyException gone)
        {
            await NoteAsync(
                AuditActions.SealSubject, DenyCodes.ToName(DenyCode.Unattributable), id, subject.ToString(), cancel);
            throw new VaultRefusedException(DenyCode.Unattributable, gone.Message);
        }

        await NoteAsync(AuditActions.SealSubject, AuditActions.Allow, id, subject.ToString(), cancel);
        parts.Seals.Seal(
            id, new SealedSubject(found.Subject, found.Line, epoch, time.GetUtcNow().ToUnixTimeMilliseconds()));
    }

    public async Task DestroyAsync(CaseId id, CancellationToken cancel)
    {
        await (parts.Gardens?.ReleaseAsync(id, asker, cancel) ?? Task.CompletedTask);
        await NoteAsync(AuditActions.KeyErased, AuditActions.Allow, id, "", cancel);
        parts.Seals.Destroy(id);
    }

    public async Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel)
    {
        await parts.Audit.AppendAsync(
            Entry(AuditActions.Reissue, AuditActions.Allow) with { Rows = cases.Count, Reason = $"epoch {epoch}" },
            cancel);
        var names = new Dictionary<CaseId, SubjectKey>();
        try
        {
            foreach (var id in cases)
            {
                if (parts.Seals.Open(id) is { } subject)
                {
                    names[id] = _naming.Pseudonymize(subject.Subject, epoch);
                }
            }
        }
        catch (EpochKeyException gone)
        {
            throw new VaultRefusedException(DenyCode.Unattributable, gone.Message);
        }

        return names;
    }

    public async Task<SubjectKey?> AttributeAsync(
        IpKey address, ushort? port, DateTimeOffset at, CancellationToken cancel)
    {
        SubjectKey? name = null;
        if (_naming.Find(address, port, at, out var reason) is { } found)
        {
            try
            {
                // What is only presumed names nobody: who complained would have a scope opened on a guess.
                name = found.IsConfirmed ? _naming.Pseudonymize(found.Subject, Epochs.At(at)) : null;
                reason = found.IsConfirmed ? reason : "presumed";
            }
            catch (EpochKeyException gone)
            {
                reason = gone.Message;
            }
        }

        await parts.Audit.AppendAsync(
            Entry(AuditActions.Attribute, name is null
                ? DenyCodes.ToName(DenyCode.Unattributable)
                : AuditActions.Allow) with { Subject = name?.ToString() ?? "", Reason = reason }, cancel);
        return name;
    }

    public async Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel)
    {
        var entry = Entry(AuditActions.Disclose, AuditActions.Allow) with
        {
            Actor = order.AskedBy,
            Role = order.AskedRole,
            Case = order.Case.ToString(),
            Scope = order.Scope.ToString(),
            PredicateDigest = DisclosureOrderValidator.Digest(order),
            Reason = $"{order.Reason.Trim()} (leave: {order.GivenBy}, {order.GivenRole}; through {asker})",
        };
        var refusal = DisclosureOrderValidator.Refusal(order);
        var subject = refusal is null ? parts.Seals.Open(order.Case) : null;
        if (refusal is null && subject is null)
        {
            refusal = new(
                DenyCode.Unknown,
                $"{order.Case} has no key here: it was never sealed, or it is closed and its key destroyed");
        }

        refusal ??= CheckRepeated(parts.Orders.Before(order));
        if (refusal is null)
        {
            var line = Describe(subject!);
            await parts.Audit.AppendAsync(
                entry with { Rows = 1, ResultDigest = parts.Seals.Digest(order.Case, line) }, cancel);
            var now = time.GetUtcNow();
            refusal = CheckRepeated(parts.Orders.Note(order, now));
            if (refusal is null)
            {
                return new Disclosure(line, now + DisclosureOrderValidator.View);
            }
        }

        await parts.Audit.AppendAsync(entry with { Outcome = DenyCodes.ToName(refusal.Code) }, cancel);
        throw refusal;
    }

    private static VaultRefusedException? CheckRepeated(DateTimeOffset? before) => before is { } at
        ? new(DenyCode.Expired, string.Create(CultureInfo.InvariantCulture, $"this order was carried out at "
            + $"{at:yyyy-MM-dd HH:mm:ss} UTC; its view lasted 15 minutes, a further one needs a new order"))
        : null;

    /// <summary>How the provider's records name the customer.</summary>
    private string Describe(SealedSubject subject) => subject.Line.Length > 0
        ? subject.Line
        : parts.Networks.Find(subject.Subject) is { } network && !subject.Subject.IsV4
            ? $"{subject.Subject}/{network.SubjectLength}"
        : subject.Subject.ToString();

    private Task<AuditReceipt> NoteAsync(
        string act, string outcome, CaseId id, string subject, CancellationToken cancel) =>
            parts.Audit.AppendAsync(Entry(act, outcome) with { Case = id.ToString(), Subject = subject }, cancel);

    private AuditEntry Entry(string act, string outcome) =>
        new() { Actor = asker, Role = Actor.ToName(Role.Machine), Act = act, Outcome = outcome };
}
