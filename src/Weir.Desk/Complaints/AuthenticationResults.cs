// SPDX-License-Identifier: Apache-2.0
//
// What our own mail server found out about a mail's sender (RFC 8601). Only the topmost field is read, and only where
// its authserv-id is ours: our server writes above what it received, so a field that a sender put in can never be the
// topmost one. What a sender chose stands in the field all the same, in addresses and comments: a field in which that
// could pass for something else is not believed at all.
using System.Text;
using System.Text.RegularExpressions;
using MimeKit;
using MimeResults = MimeKit.Cryptography.AuthenticationResults;

namespace Weir.Desk.Complaints;

/// <summary>Reads the results of DKIM and SPF.</summary>
internal static partial class AuthenticationResults
{
    private const int MaxLength = 8 << 10;

    /// <summary>Domains for which DKIM passed, then those for which SPF did.</summary>
    public static IEnumerable<string> Passed(HeaderList headers, string authservId)
    {
        if (headers.FirstOrDefault(h => h.Id == HeaderId.AuthenticationResults)
                is not { RawValue.Length: <= MaxLength } top
            || !IsPlain(Encoding.Latin1.GetString(top.RawValue)) || !MimeResults.TryParse(top.RawValue, out var results)
            || results.Instance is not null || results.Version is not (null or 1)
            || !authservId.Equals(results.AuthenticationServiceIdentifier, StringComparison.OrdinalIgnoreCase)
            || results.Results.Any(r => r.Office365AuthenticationServiceIdentifier is not null))
        {
            return [];
        }

        return [.. Domains(results, "dkim", "header", "d"), .. Domains(results, "spf", "smtp", "mailfrom")];
    }

    private static IEnumerable<string> Domains(MimeResults results, string method, string type, string name) =>
        from result in results.Results
        where Same(result.Method, method) && Same(result.Result, "pass")
        let values = result.Properties.Where(p => Same(p.PropertyType, type) && Same(p.Property, name)).ToList()
        where values.Count == 1
        let domain = DomainOf(values[0].Value)
        where domain.Length > 0
        select domain;

    /// <summary>What stands behind the last at sign; no quotes are left by now. Empty where that is no
    /// domain.</summary>
    private static string DomainOf(string value)
    {
        var domain = value[(value.LastIndexOf('@') + 1)..].TrimEnd('.');
        return Domain().IsMatch(domain) ? domain : "";
    }

    /// <summary>
    /// Whether quotes stand only around whole values, and neither they nor escapes in a comment. A quoted local part
    /// may hold anything: <c>a."; dkim=pass header.d=bank.example; x="@evil.example</c>, or, in a comment, a bracket
    /// that ends it.
    /// </summary>
    private static bool IsPlain(string field)
    {
        var depth = 0;
        for (var i = 0; i < field.Length; i++)
        {
            depth += field[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth < 0 || field[i] == '\\')
            {
                return false;
            }

            if (field[i] == '"')
            {
                var end = field.IndexOf('"', i + 1);
                if (depth > 0 || end < 0 || field.AsSpan(0, i).TrimEnd() is not [.., '=']
                    || field.AsSpan(i, end - i).Contains('\\')
                    || (end + 1 < field.Length && !" \t\r\n;(".Contains(field[end + 1], StringComparison.Ordinal)))
                {
                    return false;
                }

                i = end;
            }
        }

        return depth == 0;
    }

    private static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Domain();
}
