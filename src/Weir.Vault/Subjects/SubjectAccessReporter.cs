// SPDX-License-Identifier: Apache-2.0
//
// The customer's own view (rules.md R19): what is held about the line that had an address at a time. Only the vault can
// make it, since only the vault can tell whose a case is.
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Subjects;
using Weir.Hosting.Auditing;
using Weir.Vault.Chain;
using Weir.Vault.Consenting;
using Weir.Vault.Disclosing;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.Subjects;

/// <summary>What a view is made from.</summary>
internal sealed record SubjectDependencies(
    CaseSealStore Seals, DisclosureLedger Orders, ConsentDependencies Consents, EpochKeys Keys, IIdentity Identity,
    NetworkTable Networks)
{
    /// <summary>What the desk knows of cases.</summary>
    public required ISubjectRecords Records { get; init; }
}

/// <summary>Makes views. Safe for any thread.</summary>
internal sealed class SubjectAccessReporter(SubjectDependencies parts, IAuditLog audit, TimeProvider time)
{
    /// <param name="asker">Who asks, for the record.</param>
    /// <param name="address">An address of the line.</param>
    /// <param name="port">Source port, where lines share the address.</param>
    /// <param name="at">When the line had it.</param>
    /// <param name="cancel">Ends the wait for the desk's records.</param>
    /// <exception cref="VaultRefusedException">No line can be told.</exception>
    public async Task<SubjectAccessReport> MakeAsync(
        Asker asker, IpKey address, ushort? port, DateTimeOffset at, CancellationToken cancel)
    {
        var entry = asker.Entry(AuditActions.ShowSubject) with { Role = Actor.ToName(Role.PrivacyOfficer) };
        if (parts.Consents.Names.Find(address, port, at, out var reason) is not { } found)
        {
            await audit.AppendAsync(
                entry with
                {
                    Outcome = DenyCodes.ToName(DenyCode.Unattributable),
                    Reason = $"{entry.Reason} {reason}".TrimStart(),
                }, cancel);
            throw new VaultRefusedException(
                DenyCode.Unattributable,
                $"no line can be told from this address and time ({reason}); on shared addresses give the source port");
        }

        var about = parts.Seals.All().Select(id => (Id: id, Subject: parts.Seals.Open(id)))
            .Where(sealedUp => sealedUp.Subject?.Subject == found.Subject)
            .Select(sealedUp => (sealedUp.Id, Subject: sealedUp.Subject!)).ToList();
        var (scopes, missing) = await ScopesAsync([.. about.Select(one => one.Id)], cancel);
        await audit.AppendAsync(entry with
        {
            Subject = parts.Consents.Names.Pseudonymize(found.Subject, Epochs.At(time.GetUtcNow())).ToString(),
            Rows = about.Count
        }, cancel);
        return new SubjectAccessReport
        {
            Line = found.Line.Length > 0 ? found.Line : Block(found.Subject),
            At = time.GetUtcNow(),
            Epochs = [.. parts.Keys.Kept().Select(epoch =>
                new RetainedEpochKey(epoch, Epochs.BeginOf(epoch), Epochs.BeginOf(epoch + 1), Epochs.ErasedAt(epoch)))],
            Leases = found.Line.Length == 0
                ? []
                : [.. parts.Identity.HeldBy(new SubscriberLineName(found.Line)).Select(Lease)],
            Cases = [.. about.Select(one => Case(one.Id, one.Subject, scopes))],
            Consents = [.. parts.Consents.Given.ForLine(parts.Consents.Keys.TagOf(found.Subject)).Select(
                consent => new RetainedConsent(consent.Id.ToString(), consent.Given, consent.Used, consent.Withdrawn))],
            Missing = missing,
        };
    }

    /// <summary>Address or network of a static line.</summary>
    private string Block(IpKey subject) => !subject.IsV4 && parts.Networks.Find(subject) is { } network
        ? $"{subject}/{network.SubjectLength}"
        : subject.ToString();

    private async Task<(IReadOnlyList<SubjectScope> Scopes, string Missing)> ScopesAsync(
        List<CaseId> cases, CancellationToken cancel)
    {
        try
        {
            return cases.Count == 0 ? ([], "") : (await parts.Records.ScopesAsync(cases, cancel), "");
        }
        catch (IOException silent)
        {
            return ([], $"scopes and evidence of the cases are not shown: {silent.Message}");
        }
    }

    private RetainedCase Case(CaseId id, SealedSubject subject, IReadOnlyList<SubjectScope> scopes) => new(
        id.ToString(),
        DateTimeOffset.FromUnixTimeMilliseconds(subject.SealedAtMs),
        [.. scopes.Where(scope => scope.Case == id.ToString())],
        [.. parts.Orders.ForCase(id).Select(order => string.Create(
            CultureInfo.InvariantCulture, $"{order.At:yyyy-MM-ddTHH:mm:ssZ} to {order.Roles} ({order.Scope})"))]);

    private static RetainedAddress Lease(IntakeRow row) => new(
        row.Network.ToString(),
        row is { PortFrom: 0, PortTo: ushort.MaxValue }
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $"{row.PortFrom}-{row.PortTo}"),
        DateTimeOffset.FromUnixTimeMilliseconds(row.FromMs),
        row.UntilMs > Epochs.LatestMs ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.UntilMs));
}
