// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Hosting.Channels;

/// <summary>An address with the name beside it (RFC 5322 section 3.4), ASCII in the address: no station has to
/// know SMTPUTF8.</summary>
/// <param name="Name">May be empty.</param>
/// <param name="Address"><c>local@domain</c>, a domain of other letters as A-labels.</param>
public readonly record struct MailBox(string Name, string Address)
{
    private const int LongestLocal = 64;
    private const int LongestAddress = 254;
    private const string Atoms = "!#$%&'*+-/=?^_`{|}~.";

    public string Local => Address[..Address.LastIndexOf('@')];

    public string Domain => Address[(Address.LastIndexOf('@') + 1)..];

    /// <summary>Reads <c>abuse@provider.example</c> or <c>Abuse desk &lt;abuse@provider.example&gt;</c>. Line breaks
    /// and whatever could be a second receiver are refused.</summary>
    public static bool TryParse(string text, out MailBox box)
    {
        box = default;
        var (name, address) = ("", text);
        if (text.EndsWith('>'))
        {
            var open = text.LastIndexOf('<');
            if (open < 0)
            {
                return false;
            }

            (name, address) = (text[..open].Trim(' '), text[(open + 1)..^1]);
            name = name is ['"', .., '"'] ? name[1..^1] : name;
        }

        var at = address.LastIndexOf('@');
        if (at is <= 0 or > LongestLocal || HeaderText.HasControls(name) || !IsLocal(address[..at])
            || !TryDomain(address[(at + 1)..], out var domain) || at + 1 + domain.Length > LongestAddress)
        {
            return false;
        }

        box = new(name, $"{address[..at]}@{domain}");
        return true;
    }

    public override string ToString() => Name.Length == 0 ? Address : $"{Name} <{Address}>";

    /// <summary>A dot-atom: quoted local parts are for machines of old.</summary>
    private static bool IsLocal(string text) =>
        text is not ['.', ..] and not [.., '.'] && !text.Contains("..", StringComparison.Ordinal)
        && text.All(c => char.IsAsciiLetterOrDigit(c) || Atoms.Contains(c, StringComparison.Ordinal));

    private static bool TryDomain(string text, out string domain)
    {
        domain = text;
        try
        {
            domain = text.All(char.IsAscii) ? text : new IdnMapping().GetAscii(text);
        }
        catch (ArgumentException)
        {
            return false;
        }

        return domain.Length is > 0 and <= 253
            && domain.Split('.').All(label => label.Length is > 0 and <= 63 && label[0] != '-'
                && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
    }
}
