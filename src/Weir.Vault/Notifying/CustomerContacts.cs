// SPDX-License-Identifier: Apache-2.0
//
// The contacts file: CSV with a header, one line (as in: access line) a row, named as the vault names it or by its
// network. A row that is wrong is left out and told by its number; the rest holds.
using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using Weir.Vault.Identity.Records;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Vault.Notifying;

/// <summary>Contacts by line and by network. Never changes.</summary>
public sealed class CustomerContacts
{
    private const int LongestMail = 254; // RFC 5321 section 4.5.3.1.3, less its brackets
    private const int LongestName = 200;
    private const string LoginSort = "login:";

    private static readonly SearchValues<char> SortLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz-");

    private readonly FrozenDictionary<string, CustomerContact> _lines;
    private readonly FrozenDictionary<Prefix, CustomerContact> _networks;
    private readonly int[] _lengths;

    private CustomerContacts(
        Dictionary<string, CustomerContact> lines, Dictionary<Prefix, CustomerContact> networks,
        IReadOnlyList<CustomerContactFault> faults)
    {
        (_lines, _networks, Faults) =
            (lines.ToFrozenDictionary(StringComparer.Ordinal), networks.ToFrozenDictionary(), faults);
        _lengths = [.. networks.Keys.Select(network => network.Length).Distinct().OrderDescending()];
    }

    public static CustomerContacts Empty { get; } = new([], [], []);

    public int Rows => _lines.Count + _networks.Count;

    /// <summary>Rows that were left out.</summary>
    public IReadOnlyList<CustomerContactFault> Faults { get; }

    /// <param name="lines">The file.</param>
    /// <param name="naming">How the vault names lines; a row's <c>login:NAME</c> is the line that RADIUS knows by
    /// that User-Name.</param>
    /// <param name="languages">Languages there are templates for.</param>
    /// <param name="usual">The language of a row that names none.</param>
    /// <exception cref="InvalidDataException">The header lacks a column.</exception>
    public static CustomerContacts Read(
        IEnumerable<string> lines, SubscriberLineNamer naming, IReadOnlySet<string> languages, string usual)
    {
        List<CustomerContactFault> faults = [];
        var rows = new HeldRows(naming, languages, usual);
        Columns? columns = null;
        foreach (var (number, text) in lines.Index())
        {
            if (string.IsNullOrWhiteSpace(text) || text[0] == '#')
            {
                continue;
            }

            var fields = CsvRow.Split(text);
            if (columns is not { } known)
            {
                columns = Columns.In(fields ?? []);
                continue;
            }

            var fault = fields is null ? "its quotes do not close" : rows.Add(fields, known);
            if (fault is not null)
            {
                faults.Add(new CustomerContactFault(number + 1, fault));
            }
        }

        return new CustomerContacts(rows.ByLine, rows.ByNetwork, faults);
    }

    /// <summary>How the customer of a sealed case is reached; null where it is not known. A line's name counts before
    /// its network, a narrow network before a wide one.</summary>
    internal CustomerContact? Find(SealedSubject subject)
    {
        if (subject.Line.Length > 0)
        {
            return _lines.GetValueOrDefault(subject.Line);
        }

        foreach (var length in _lengths)
        {
            if (_networks.TryGetValue(Prefix.From(subject.Subject, length), out var contact))
            {
                return contact;
            }
        }

        return null;
    }

    /// <summary>The rows of a file that hold so far.</summary>
    private sealed class HeldRows(SubscriberLineNamer naming, IReadOnlySet<string> languages, string usual)
    {
        public Dictionary<string, CustomerContact> ByLine { get; } = new(StringComparer.Ordinal);

        public Dictionary<Prefix, CustomerContact> ByNetwork { get; } = [];

        /// <summary>Takes a row in.</summary>
        /// <returns>What is wrong with it; null where nothing is.</returns>
        public string? Add(List<string> fields, in Columns columns)
        {
            var (line, mail, name) = (
                CsvRow.Field(fields, columns.Line).Trim(), CsvRow.Field(fields, columns.Mail).Trim(),
                CsvRow.Field(fields, columns.Name).Trim());
            var language = CsvRow.Field(fields, columns.Language).Trim() is { Length: > 0 } written ? written : usual;
            bool? isProtected = CsvRow.Field(fields, columns.Protected).Trim() switch
            {
                "" or "no" or "false" => false,
                "protected" or "yes" or "true" => true,
                _ => null
            };
            var fault =
                mail.Length > 0 && !IsMail(mail)
                    ? "its mail is no address; write one such as user@example.net, or nothing"
                : !languages.Contains(language) ? $"its language has no templates; write one of "
                    + $"{string.Join(", ", languages.Order(StringComparer.Ordinal))}, or nothing"
                : isProtected is null ? "its protected is neither `protected` nor empty"
                : name.Length > LongestName || name.Any(char.IsControl)
                    ? "its name is too long or holds control characters"
                : null;
            if (fault is not null)
            {
                return fault;
            }

            var contact = new CustomerContact(mail, language, isProtected!.Value, name);
            return Prefix.TryParse(line, out var network, strict: true)
                ? ByNetwork.TryAdd(network, contact) ? null : "its network stands in an earlier row"
                : NameOf(line) is not { } named
                    ? "its line is neither a network nor a name such as customer:4711, circuit:…, mac:… or login:…"
                : ByLine.TryAdd(named, contact) ? null : "its line stands in an earlier row";
        }

        private string? NameOf(string text)
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            return colon <= 0 || colon == text.Length - 1 || text.AsSpan(0, colon).ContainsAnyExcept(SortLetters) ? null
                : text.StartsWith(LoginSort, StringComparison.Ordinal)
                    ? naming.Hidden("user", Encoding.UTF8.GetBytes(text[LoginSort.Length..])).Text
                : naming.Plain(text[..colon], text[(colon + 1)..]).Text;
        }

        /// <summary>One address without comments, quotes or routes: enough for every customer's, and nothing that could
        /// carry a header.</summary>
        private static bool IsMail(string text) =>
            text.Length <= LongestMail && text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at
            && at < text.Length - 1 && text.LastIndexOf('@') == at
            && !text.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)
                || c is '<' or '>' or '(' or ')' or ',' or ';' or ':' or '"' or '\\' or '[' or ']');
    }

    private readonly record struct Columns(int Line, int Mail, int Language, int Protected, int Name)
    {
        public static Columns In(List<string> header)
        {
            var columns = new Columns(
                CsvRow.Find(header, "line", "customer", "subscriber", "network", "prefix"),
                CsvRow.Find(header, "mail", "email", "e-mail"), CsvRow.Find(header, "language", "lang"),
                CsvRow.Find(header, "protected"), CsvRow.Find(header, "name"));
            return columns.Line < 0 || columns.Mail < 0
                ? throw new InvalidDataException("has no column for the line or the mail; its first line names the "
                    + "columns: line,mail,language,protected,name")
                : columns;
        }
    }
}
