// SPDX-License-Identifier: Apache-2.0
//
// What a station says may name the customer, and its queue number leads through its log to him. The desk gets the
// codes; the vault's own log gets the text with everything that looks like an address taken out.
using System.Text.RegularExpressions;

namespace Weir.Vault.Notifying;

/// <summary>Cuts replies.</summary>
internal static partial class NoticeReply
{
    /// <summary><c>250 2.0.0</c>, <c>200</c>, <c>exit 3</c>; empty where there is no code.</summary>
    public static string Codes(string reply) => Code().Match(reply).Value;

    /// <summary>The text without the customer in it.</summary>
    public static string Without(CustomerContact contact, string text)
    {
        foreach (var part in new[] { contact.Mail, contact.Name, contact.Mail.Split('@')[0] }.Where(
            part => part.Length > 2))
        {
            text = text.Replace(part, "…", StringComparison.OrdinalIgnoreCase);
        }

        return Address().Replace(text, "…");
    }

    [GeneratedRegex(
        @"(?<=^|: |answers |greets with )[2-5]\d\d(?:[ -][245]\.\d{1,3}\.\d{1,3})?(?![\w.:])|^exit -?\d{1,3}\b",
        RegexOptions.CultureInvariant)]
    private static partial Regex Code();

    [GeneratedRegex(@"<?\S*@\S*", RegexOptions.CultureInvariant)]
    private static partial Regex Address();
}
