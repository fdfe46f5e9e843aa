// SPDX-License-Identifier: Apache-2.0
//
// Authentication-Results (RFC 8601). Only the topmost field is read, and only where its authserv-id is ours: our server
// writes above what it received, so a field that a sender put in can never be the topmost one.
using System.Text.RegularExpressions;

namespace Weir.Desk.Complaints;

/// <summary>Reads what our own mail server found out about a mail's sender.</summary>
internal static partial class AuthenticationResults
{
    /// <summary>Domains for which DKIM or SPF passed.</summary>
    public static List<string> Passed(MailPart mail, string authservId)
    {
        var domains = new List<string>();
        var parts = Comments().Replace(mail["Authentication-Results"], " ").Split(';');
        if (!parts[0].Trim().Split(' ')[0].Equals(authservId, StringComparison.OrdinalIgnoreCase))
        {
            return domains;
        }

        foreach (var part in parts.Skip(1))
        {
            var method = Method().Match(part);
            if (method.Success && method.Groups["result"].Value.Equals("pass", StringComparison.OrdinalIgnoreCase))
            {
                var wanted = method.Groups["method"].Value.Equals("dkim", StringComparison.OrdinalIgnoreCase)
                    ? "header.d"
                    : "smtp.mailfrom";
                foreach (Match property in Property().Matches(part))
                {
                    if (property.Groups["name"].Value.Equals(wanted, StringComparison.OrdinalIgnoreCase))
                    {
                        domains.Add(property.Groups["value"].Value.Trim('"').Split('@')[^1].TrimEnd('.'));
                    }
                }
            }
        }

        return domains;
    }

    [GeneratedRegex(@"\([^()]*\)", RegexOptions.CultureInvariant)]
    private static partial Regex Comments();

    [GeneratedRegex(@"^\s*(?<method>dkim|spf)(\s*/\s*\d+)?\s*=\s*(?<result>[a-z]+)\b",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Method();

    [GeneratedRegex("""(?<name>[a-z]+\.[a-z]+)\s*=\s*(?<value>"[^"]*"|[^\s;]+)""",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Property();
}
