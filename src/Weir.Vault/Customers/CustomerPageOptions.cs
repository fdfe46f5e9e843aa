// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;

namespace Weir.Vault.Customers;

/// <summary>The customer's page: where, whose, in which languages; the section <c>selfservice</c>.</summary>
public sealed record CustomerPageOptions : ISection
{
    private const string German = "de";

    [Setting("Whether the vault serves customers' pages.")]
    public bool Enabled { get; init; }

    [Setting("Where they are served, without TLS: put the provider's TLS front before it.")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8482);

    [Setting("The address by which customers reach them through that front; links are made of it.",
        Example = "https://help.example.net/weir")]
    public Uri? Public { get; init; }

    [Setting("Languages offered, of those that there are texts for; the first is for browsers that ask for none of "
        + "them.")]
    public IReadOnlyList<string> Languages { get; init; } = ["en", German];

    [Setting("The provider's name, as customers know it.", Example = "Example Net")]
    public string Provider { get; init; } = "";

    [Setting("How customers reach people: a telephone number, hours, an address.",
        Example = "Telephone 0800 000000, daily 8 to 20")]
    public string Contact { get; init; } = "";

    [Setting("The same in German.", Example = "Telefon 0800 000000, täglich 8 bis 20 Uhr")]
    public string? ContactDe { get; init; }

    [Setting("After this long a new key signs links; the former one is accepted as long again. No link lives longer.",
        Min = "1d", Max = "365d")]
    public TimeSpan KeyLife { get; init; } = TimeSpan.FromDays(90);

    /// <summary>How long the link in a notice holds, at most a key's life.</summary>
    public TimeSpan LinkLife { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long a page waits for what the desk knows of its case.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(4);

    public void Validate(SectionFaults faults)
    {
        if (!Enabled)
        {
            return;
        }

        if (Public is not { } address)
        {
            faults.Add("public", "is missing: links to customers are made of it; write the address of "
                + "the TLS front, such as https://help.example.net/weir");
        }
        else if (address is { Scheme: "http", IsLoopback: false })
        {
            faults.Add("public", $"is {address}: a link is a key to a customer's case and may not go "
                + "over the network in clear; put TLS before it and write https://");
        }
        else if (address.Query.Length > 0 || address.Fragment.Length > 0 || address.UserInfo.Length > 0)
        {
            faults.Add("public", $"is {address}; write scheme, host and path alone");
        }

        if (Languages.Count == 0 || Languages.Distinct().Count() != Languages.Count)
        {
            faults.Add("languages", "must name each language once; write [en, de], or one of them");
        }

        if (Provider.Length == 0)
        {
            faults.Add("provider", "is missing: the page says whose it is; write the provider's name");
        }

        if (Contact.Length == 0)
        {
            faults.Add("contact", "is missing: a customer must be able to reach people; write how");
        }
    }

    /// <summary>How customers reach people, in a language where it has words of its own.</summary>
    internal string ContactIn(string language) =>
        language == German && ContactDe is { Length: > 0 } german ? german : Contact;
}
