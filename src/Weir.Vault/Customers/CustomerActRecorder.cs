// SPDX-License-Identifier: Apache-2.0
//
// What a customer does is the vault's to record: on its own chain first, then signed and kept until the desk has taken
// it. The desk believes nothing else, and who verifies both chains finds a desk that says more.
using Weir.Contracts.Consents;
using Weir.Contracts.Customers;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Vault.Consenting;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Vault.Customers;

/// <summary>What acts are recorded with.</summary>
internal sealed record CustomerActRecorderDependencies(
    GrantKey Key, CustomerActStore Acts, CustomerNewsQueue News, ConsentHandler Consents, IAuditLog Audit);

/// <summary>Records acts of customers. Safe for any thread.</summary>
internal sealed class CustomerActRecorder(CustomerActRecorderDependencies parts, TimeProvider time)
{
    /// <summary>Who acts through the page of a case, in the audit.</summary>
    public const string Customer = "customer";

    /// <summary>An entry about the customer of a case.</summary>
    public static AuditEntry Entry(string act, CaseId id) => new()
    {
        Actor = Customer, Role = Customer, Act = act, Outcome = AuditActions.Allow, Case = id.ToString(),
    };

    /// <summary>Records that it is fixed, or an appeal; durable when it returns.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="kind">What.</param>
    /// <param name="words">Of an appeal.</param>
    /// <param name="cancel">Gives up before anything is recorded.</param>
    /// <exception cref="AuditException">It could not be recorded: nothing was done.</exception>
    /// <exception cref="InvalidDataException">The case has no key any more.</exception>
    public async Task RecordAsync(CaseId id, CustomerActKind kind, string words, CancellationToken cancel)
    {
        var act = CustomerAct.NewId();
        _ = await parts.Audit.AppendAsync(
            Entry(kind == CustomerActKind.Fixed ? AuditActions.SayFixed : AuditActions.Appeal, id) with
            {
                Request = act,
            },
            cancel);
        Keep(act, kind, id, words);
    }

    /// <summary>Whether a look may run that the customer of a line agreed to.</summary>
    public bool IsAgreed(IpKey line) => parts.Consents.MayBeInForce(line);

    /// <summary>Records that a customer agrees to a look; durable when it returns.</summary>
    /// <param name="id">The case on whose page.</param>
    /// <param name="line">Its line.</param>
    /// <param name="asked">What may be looked at, and for how many hours.</param>
    /// <param name="cancel">Gives up before anything is recorded.</param>
    /// <exception cref="AuditException">It could not be recorded: nothing was done.</exception>
    /// <exception cref="InvalidDataException">The case has no key any more.</exception>
    public async Task AgreeAsync(
        CaseId id, IpKey line, (FlowPredicate Class, int Hours) asked, CancellationToken cancel)
    {
        var consent = ConsentId.Fresh();
        var act = CustomerAct.IdOf(consent);
        var token = await parts.Consents.GrantAsync(
            consent, line, asked, Diagnosis(AuditActions.Consent, id) with { Request = act }, cancel);
        Keep(act, CustomerActKind.Consent, id, token);
    }

    /// <summary>Records that a customer takes all consents of a line back; the desk learns of it when it next asks
    /// whether they hold.</summary>
    /// <exception cref="AuditException">It could not be recorded: nothing was done.</exception>
    public async Task TakeBackAsync(CaseId id, IpKey line, CancellationToken cancel) =>
        _ = await parts.Consents.WithdrawAsync(line, Diagnosis(AuditActions.WithdrawConsent, id), cancel);

    private static AuditEntry Diagnosis(string act, CaseId id) =>
        Entry(act, id) with { Purpose = Purposes.ToName(Purpose.CustomerDiagnosis) };

    private void Keep(string number, CustomerActKind kind, CaseId id, string words)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var act = new CustomerAct(number, kind, id, now, words);
        parts.Acts.Add(act, CustomerActDocument.Sign(act, parts.Key.Key));
        parts.News.Tell();
    }
}
