// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Configuring.Rules;

/// <summary>What of the <c>selfservice</c> section no single key can tell.</summary>
internal static class SelfServiceRules
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings)
    {
        var page = settings.Selfservice;
        if (!page.Enabled)
        {
            yield break;
        }

        if (settings.Profile == Profile.Lab && settings.Vault.Socket is null)
        {
            yield return ("selfservice.enabled", "is true, and the page is the vault's, which a lab has none of; set "
                + "vault.socket, or take the key out");
        }

        if (page.Public is not { } address)
        {
            yield return ("selfservice.public", "is missing: links to customers are made of it; write the address of "
                + "the TLS front, such as https://help.example.net/weir");
        }
        else if (address is { Scheme: "http", IsLoopback: false })
        {
            yield return ("selfservice.public", $"is {address}: a link is a key to a customer's case and may not go "
                + "over the network in clear; put TLS before it and write https://");
        }
        else if (address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
        {
            yield return ("selfservice.public", $"is {address}; write scheme, host and path alone");
        }

        if (page.Languages.Count == 0 || page.Languages.Distinct().Count() != page.Languages.Count)
        {
            yield return ("selfservice.languages", "must name each language once; write [en, de], or one of them");
        }

        if (page.Provider.Length == 0)
        {
            yield return ("selfservice.provider", "is missing: the page says whose it is; write the provider's name");
        }

        if (page.Contact.Length == 0)
        {
            yield return ("selfservice.contact", "is missing: a customer must be able to reach people; write how");
        }

        if (page.Listen.Equals(settings.Web.Listen))
        {
            yield return (
                "selfservice.listen",
                $"is {page.Listen}, as web.listen: metrics are not for customers; choose another port");
        }
    }
}
