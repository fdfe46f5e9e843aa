// SPDX-License-Identifier: Apache-2.0
//
// A customer's consent to a diagnosis of the own line (rules.md R20). Given to an officer or the help desk, who know
// whom they have before them; used by the desk, which does not. Each act has its entry in the vault's record before it
// happens.
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Wire;

namespace Weir.Vault.Consenting;

/// <summary>Gives, uses and withdraws consents. Safe for any thread.</summary>
/// <param name="parts">What it works with.</param>
/// <param name="asker">User at the other end.</param>
/// <param name="time">The clock.</param>
internal sealed class ConsentHandler(VaultDependencies parts, string asker, TimeProvider time)
{
    /// <summary>The longest that the vault signs; a policy may have less.</summary>
    public const int LongestHours = 2;

    private readonly SubjectResolver _naming = new(parts);

    /// <summary>A token for a line.</summary>
    /// <param name="address">An address that the line has now.</param>
    /// <param name="port">Source port, where lines share it.</param>
    /// <param name="named">What may be looked at.</param>
    /// <param name="hours">How long, from now.</param>
    /// <param name="desk">User of the desk it is for.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="VaultRefusedException">No line can be told, or it is too wide.</exception>
    public async Task<string> GrantAsync(
        IpKey address, ushort? port, FlowPredicate named, int hours, string desk, CancellationToken cancel)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());
        var line = await LineAsync(AuditActions.Consent, address, port, now, cancel);
        var id = ConsentId.Fresh();
        var consent = new Consent
        {
            Id = id,
            Desk = desk,
            Line = parts.ConsentKeys.Seal(id, line),
            Class = named,
            From = now,
            Until = now.AddHours(Math.Clamp(hours, 0, 24))
        };
        if (ConsentValidator.Fault(consent, LongestHours, now) is { } fault)
        {
            throw await RefusedAsync(Entry(AuditActions.Consent), fault.Code, fault.Why, cancel);
        }

        await parts.Audit.AppendAsync(Entry(AuditActions.Consent) with
        {
            Subject = _naming.Pseudonymize(line, Epochs.At(now)).ToString(),
            Reason = $"{id} given for {named} until {consent.Until:yyyy-MM-ddTHH:mm:ssZ}"
        }, cancel);
        parts.Consents.Add(id, parts.ConsentKeys.TagOf(line), now);
        using var key = parts.ConsentKeys.Signing();
        return ConsentToken.Sign(consent, key);
    }

    /// <summary>See <see cref="IConsentGateway.RedeemAsync"/>.</summary>
    public async Task<SubjectKey> RedeemAsync(string token, CancellationToken cancel)
    {
        using var key = parts.ConsentKeys.Signing();
        var now = time.GetUtcNow();
        if (!ConsentToken.TryRead(token, key, out var consent)
            || parts.ConsentKeys.Open(consent.Id, consent.Line) is not { } line)
        {
            throw await RefusedAsync(
                Entry(AuditActions.Consent), DenyCode.NotAuthenticated,
                "this is no consent that this vault signed", cancel);
        }

        var entry = Entry(AuditActions.Consent) with { Reason = $"{consent.Id} used" };
        if (consent.Desk != asker)
        {
            throw await RefusedAsync(entry, DenyCode.RoleMayNot, $"{consent.Id} was given to another desk", cancel);
        }

        if (ConsentValidator.Fault(consent, LongestHours, now) is { } fault)
        {
            throw await RefusedAsync(entry, fault.Code, fault.Why, cancel);
        }

        if (Over(consent.Id, parts.Consents.Find(consent.Id)) is { } over)
        {
            throw await RefusedAsync(entry, over.Code, over.Message, cancel);
        }

        var name = _naming.Pseudonymize(line, Epochs.At(consent.From));
        await parts.Audit.AppendAsync(entry with { Subject = name.ToString() }, cancel);
        return Over(consent.Id, parts.Consents.Use(consent.Id, now)) is { } meanwhile
            ? throw await RefusedAsync(entry, meanwhile.Code, meanwhile.Message, cancel)
            : name;
    }

    /// <summary>The customer takes back all that the line gave; how many there were.</summary>
    public async Task<int> WithdrawAsync(IpKey address, ushort? port, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var line = await LineAsync(AuditActions.WithdrawConsent, address, port, now, cancel);
        await parts.Audit.AppendAsync(Entry(AuditActions.WithdrawConsent) with
        {
            Subject = _naming.Pseudonymize(line, Epochs.At(now)).ToString()
        }, cancel);
        return parts.Consents.Withdraw(parts.ConsentKeys.TagOf(line), now);
    }

    public IReadOnlyList<ConsentId> Withdrawn(IEnumerable<ConsentId> ids) =>
        [.. ids.Where(id => parts.Consents.Find(id) is { Withdrawn: not null })];

    private static VaultRefusedException? Over(ConsentId id, ConsentStatus? stood) => stood switch
    {
        null => new(DenyCode.NotAuthenticated, $"{id} was never given here"),
        { Withdrawn: { } at } => new(DenyCode.NoTrigger, $"the customer withdrew {id} at {at:yyyy-MM-dd HH:mm:ss} UTC"),
        { Used: { } at } =>
            new(DenyCode.Expired, $"{id} was used at {at:yyyy-MM-dd HH:mm:ss} UTC; it opens one scope, once"),
        _ => null,
    };

    private async Task<IpKey> LineAsync(
        string act, IpKey address, ushort? port, DateTimeOffset now, CancellationToken cancel)
    {
        var found = _naming.Find(address, port, now, out var reason);
        return found is { IsConfirmed: true } line
            ? line.Subject
            : throw await RefusedAsync(Entry(act), DenyCode.Unattributable, "no line can be told from this address "
                + $"({(found is null ? reason : "presumed")}); on shared addresses give the source port", cancel);
    }

    private async Task<VaultRefusedException> RefusedAsync(
        AuditEntry entry, DenyCode code, string why, CancellationToken cancel)
    {
        await parts.Audit.AppendAsync(entry with { Outcome = DenyCodes.ToName(code) }, cancel);
        return new(code, why);
    }

    private AuditEntry Entry(string act) =>
        new()
        {
            Actor = asker,
            Role = Actor.ToName(Role.Machine),
            Act = act,
            Outcome = AuditActions.Allow,
            Purpose = Purposes.ToName(Purpose.CustomerDiagnosis)
        };
}
