// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Scopes;
using Weir.Vault.Customers;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>Links to a customer's own page in the wrong hands: the vault's signature says whose page, and until
/// when.</summary>
internal static class LinkAttacks
{
    private const string Customer = "customer";

    private static readonly CaseId Own = new(0xC0FFEE);

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(36, Customer, "changes a letter of the own link", play => TryAsync(play, (signer, now) =>
        {
            var link = signer.Sign(Own, now.AddDays(30));
            return (link[0] == 'A' ? 'B' : 'A') + link[1..];
        })),
        new(36, Customer, "opens a link whose time is over", play => TryAsync(play, (signer, now) =>
            signer.Sign(Own, now.AddSeconds(-1)))),
        new(36, "service user", "signs a link with a key of his own", play => TryAsync(play, (_, now) =>
            new LinkSigner(new(RandomNumberGenerator.GetBytes(LinkSigner.KeyOctets), null)).Sign(Own, now.AddDays(30)))),
    ];

    private static Task TryAsync(ScenarioRunner play, Func<LinkSigner, DateTimeOffset, string> forge)
    {
        var signer = new LinkSigner(new(RandomNumberGenerator.GetBytes(LinkSigner.KeyOctets), null));
        var now = TimeProvider.System.GetUtcNow();
        play.Check(
            signer.TryRead(signer.Sign(Own, now.AddDays(30)), now, out var id) && id == Own, "the true link opens nothing");
        play.Came(signer.TryRead(forge(signer, now), now, out _) ? "opened" : "no-page", "no-page", "the customer's page");
        return Task.CompletedTask;
    }
}
