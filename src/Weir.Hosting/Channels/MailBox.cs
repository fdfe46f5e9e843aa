// SPDX-License-Identifier: Apache-2.0
//
// Addresses (RFC 5322 section 3.4) as Weir takes them: MimeKit reads, and of what it reads one plain address with a
// name is left. ASCII in the address: no station has to know SMTPUTF8.
using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using MimeKit;

namespace Weir.Hosting.Channels;

/// <summary>Reads an address with the name beside it.</summary>
public static partial class MailBox
{
    private const int MaxAddress = 254;

    /// <summary>Reads <c>abuse@provider.example</c> or <c>Abuse desk &lt;abuse@provider.example&gt;</c>. Line breaks
    /// and whatever could be a second receiver are refused; a domain of other letters becomes A-labels.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MailboxAddress? box)
    {
        box = !text.Any(char.IsControl) && MailboxAddress.TryParse(text, out var read) && read.Route.Count == 0
            && Encoded(read) is { Length: <= MaxAddress } address && Plain().IsMatch(address)
            ? read
            : null;
        return box is not null;
    }

    /// <summary>The address as it goes over the wire; empty where there is none.</summary>
    public static string Encoded(MailboxAddress box)
    {
        try
        {
            return box.GetAddress(idnEncode: true);
        }
        catch (ArgumentException)
        {
            return "";
        }
    }

    /// <summary>A dot-atom before the at sign: quoted local parts are for machines of old.</summary>
    [GeneratedRegex(@"^(?=[^@]{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
        + @"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
