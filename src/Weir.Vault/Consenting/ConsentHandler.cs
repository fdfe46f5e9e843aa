// SPDX-License-Identifier: Apache-2.0
//
// A customer's consent to a diagnosis of the own line (rules.md R20). Given to an officer or the help desk, who know
// whom they have before them; used by the desk, which does not. Each act has its entry in the vault's record before it
// happens.
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Vault.Attributing;
using Weir.Vault.Chain;
using Weir.Vault.Granting;
using Weir.Wire;

namespace Weir.Vault.Consenting;

/// <summary>What consents need.</summary>
/// <param name="Keys">Sign and seal them.</param>
/// <param name="Given">Those that were given.</param>
/// <param name="Findings">What a grant may be signed for.</param>
/// <param name="Names">From an address to a subject.</param>
/// <param name="Desk">User of the desk that consents are given to.</param>
internal sealed record ConsentDependencies(
    ConsentKeys Keys, ConsentStore Given, GrantLedger Findings, SubjectResolver Names, string Desk);

/// <summary>Gives, uses and withdraws consents. Safe for any thread.</summary>
internal sealed class ConsentHandler(ConsentDependencies parts, IAuditLog audit, TimeProvider time)
{
    /// <summary>The longest that the vault signs; a policy may have less.</summary>
    public const int LongestHours = 2;

    /// <summary>A token for a line.</summary>
    /// <param name="address">An address that the line has now.</param>
    /// <param name="port">Source port, where lines share it.</param>
    /// <param name="named">What may be looked at.</param>
    /// <param name="hours">How long, from now.</param>
    /// <param name="asker">Who has the customer before them.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="VaultRefusedException">No line can be told, or it is too wide.</exception>
    public async Task<string> GrantAsync(
        IpKey address, ushort? port, FlowPredicate named, int hours, Asker asker, CancellationToken cancel)
    {
        var entry = Entry(AuditActions.Consent, asker);
        var line = await LineAsync(entry, address, port, time.GetUtcNow(), cancel);
        return await GrantAsync(ConsentId.Fresh(), line, (named, hours), entry, cancel);
    }

    /// <summary>A token for a line that is known, from now.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="line">Whose.</param>
    /// <param name="asked">What may be looked at, and for how many hours.</param>
    /// <param name="entry">Who gives it, for the record.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="VaultRefusedException">It is too wide.</exception>
    public async Task<string> GrantAsync(
        ConsentId id, IpKey line, (FlowPredicate Class, int Hours) asked, AuditEntry entry, CancellationToken cancel)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var consent = new Consent
        {
            Id = id,
            Desk = parts.Desk,
            Line = parts.Keys.Seal(id, line),
            Class = asked.Class,
            From = now,
            Until = now.AddHours(Math.Clamp(asked.Hours, 0, 24))
        };
        if (ConsentValidator.Fault(consent, LongestHours, now) is { } fault)
        {
            throw await RefusedAsync(entry, fault.Code, fault.Why, cancel);
        }

        await audit.AppendAsync(
            entry with
            {
                Reason = $"{id} given for {asked.Class} until {consent.Until:yyyy-MM-ddTHH:mm:ssZ}",
                Subject = parts.Names.Pseudonymize(line, Epochs.At(now)).ToString(),
            },
            cancel);
        parts.Given.Add(id, parts.Keys.TagOf(line), now);
        using var key = parts.Keys.Signing();
        return ConsentToken.Sign(consent, key);
    }

    /// <summary>See <see cref="IConsentGateway.RedeemAsync"/>.</summary>
    public async Task<SubjectKey> RedeemAsync(string token, Asker asker, CancellationToken cancel)
    {
        using var key = parts.Keys.Signing();
        var now = time.GetUtcNow();
        if (!ConsentToken.TryRead(token, key, out var consent)
            || parts.Keys.Open(consent.Id, consent.Line) is not { } line)
        {
            throw await RefusedAsync(
                Entry(AuditActions.Consent, asker), DenyCode.NotAuthenticated,
                "this is no consent that this vault signed", cancel);
        }

        var entry = Entry(AuditActions.Consent, asker, $"{consent.Id} used");
        if (consent.Desk != asker.Name)
        {
            throw await RefusedAsync(entry, DenyCode.RoleMayNot, $"{consent.Id} was given to another desk", cancel);
        }

        if (ConsentValidator.Fault(consent, LongestHours, now) is { } fault)
        {
            throw await RefusedAsync(entry, fault.Code, fault.Why, cancel);
        }

        if (Over(consent.Id, parts.Given.Find(consent.Id)) is { } over)
        {
            throw await RefusedAsync(entry, over.Code, over.Message, cancel);
        }

        var name = parts.Names.Pseudonymize(line, Epochs.At(consent.From));
        await audit.AppendAsync(entry with { Subject = name.ToString() }, cancel);
        _ = parts.Findings.Add(
            new Grant(
                GrantKind.Consent, consent.Id.ToString(), name, Epochs.At(consent.From), consent.Class,
                consent.From.ToUnixTimeMilliseconds(), consent.Until.ToUnixTimeMilliseconds()),
            "-", now);
        return Over(consent.Id, parts.Given.Use(consent.Id, now)) is { } meanwhile
            ? throw await RefusedAsync(entry, meanwhile.Code, meanwhile.Message, cancel)
            : name;
    }

    /// <summary>The customer takes back all that the line gave; how many there were.</summary>
    public async Task<int> WithdrawAsync(IpKey address, ushort? port, Asker asker, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var entry = Entry(AuditActions.WithdrawConsent, asker);
        return await WithdrawAsync(await LineAsync(entry, address, port, now, cancel), entry, cancel);
    }

    /// <summary>The customer of a line takes back all that it gave; how many there were.</summary>
    /// <param name="line">Whose.</param>
    /// <param name="entry">Who takes it back, for the record.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<int> WithdrawAsync(IpKey line, AuditEntry entry, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        await audit.AppendAsync(
            entry with { Subject = parts.Names.Pseudonymize(line, Epochs.At(now)).ToString() }, cancel);
        return parts.Given.Withdraw(parts.Keys.TagOf(line), now);
    }

    /// <summary>Whether a consent of a line may be in force: it was given lately and not taken back.</summary>
    public bool MayBeInForce(IpKey line)
    {
        var since = time.GetUtcNow().AddHours(-LongestHours);
        return parts.Given.ForLine(parts.Keys.TagOf(line)).Any(given => given.Withdrawn is null && given.Given > since);
    }

    public IReadOnlyList<ConsentId> Withdrawn(IEnumerable<ConsentId> ids) =>
        [.. ids.Where(id => parts.Given.Find(id) is { Withdrawn: not null })];

    private static VaultRefusedException? Over(ConsentId id, ConsentStatus? stood) => stood switch
    {
        null => new(DenyCode.NotAuthenticated, $"{id} was never given here"),
        { Withdrawn: { } at } => new(DenyCode.NoTrigger, $"the customer withdrew {id} at {at:yyyy-MM-dd HH:mm:ss} UTC"),
        { Used: { } at } =>
            new(DenyCode.Expired, $"{id} was used at {at:yyyy-MM-dd HH:mm:ss} UTC; it opens one scope, once"),
        _ => null,
    };

    private async Task<IpKey> LineAsync(
        AuditEntry entry, IpKey address, ushort? port, DateTimeOffset now, CancellationToken cancel)
    {
        var found = parts.Names.Find(address, port, now, out var reason);
        return found is { IsConfirmed: true } line
            ? line.Subject
            : throw await RefusedAsync(entry, DenyCode.Unattributable, "no line can be told from this address "
                + $"({(found is null ? reason : "presumed")}); on shared addresses give the source port", cancel);
    }

    private async Task<VaultRefusedException> RefusedAsync(
        AuditEntry entry, DenyCode code, string why, CancellationToken cancel)
    {
        await audit.AppendAsync(entry with { Outcome = DenyCodes.ToName(code) }, cancel);
        return new(code, why);
    }

    private static AuditEntry Entry(string act, Asker asker, string words = "") => asker.Entry(act, words) with
    {
        Purpose = Purposes.ToName(Purpose.CustomerDiagnosis),
    };
}
