// SPDX-License-Identifier: Apache-2.0
//
// What a customer does is the vault's to record: on its own chain first, then signed and kept until the desk has taken
// it. The desk believes nothing else, and who verifies both chains finds a desk that says more.
using Weir.Contracts.Customers;
using Weir.Contracts.Scopes;
using Weir.Hosting.Auditing;
using Weir.Vault.Keys;

namespace Weir.Vault.Customers;

/// <summary>Records acts of customers. Safe for any thread.</summary>
internal sealed class CustomerActRecorder(
    GrantKey key, CustomerActStore acts, CustomerNewsQueue news, IAuditLog audit, TimeProvider time)
{
    /// <summary>Who acts through the page of a case, in the audit.</summary>
    public const string Customer = "customer";

    /// <summary>An entry about the customer of a case.</summary>
    public static AuditEntry Entry(string act, CaseId id) => new()
    {
        Actor = Customer, Role = Customer, Act = act, Outcome = AuditActions.Allow, Case = id.ToString(),
    };

    /// <summary>Records an act; durable when it returns.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="kind">What.</param>
    /// <param name="words">Of an appeal.</param>
    /// <param name="cancel">Gives up before anything is recorded.</param>
    /// <exception cref="AuditException">It could not be recorded: nothing was done.</exception>
    /// <exception cref="InvalidDataException">The case has no key any more.</exception>
    public async Task RecordAsync(CaseId id, CustomerActKind kind, string words, CancellationToken cancel)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(time.GetUtcNow().ToUnixTimeMilliseconds());
        var act = new CustomerAct(CustomerAct.NewId(), kind, id, now, words);
        _ = await audit.AppendAsync(
            Entry(kind == CustomerActKind.Fixed ? AuditActions.SayFixed : AuditActions.Appeal, id) with
            {
                Request = act.Id,
            },
            cancel);
        acts.Add(act, CustomerActDocument.Sign(act, key.Key));
        news.Tell();
    }
}
