// SPDX-License-Identifier: Apache-2.0
//
// Tables of text, a network or a system a line, fields apart by tabs, blanks or commas:
//   192.0.2.0/24 64500                       prefix and number, as of bgp.tools or pyasn
//   192.0.2.0 24 64500                       CAIDA's pfx2as; 64500_64501 and 64500,64501 are several origins: the first
//   192.0.2.0 192.0.2.255 64500 DE EXAMPLE   a range with country and name, as of iptoasn.com; number 0 = announced by
// none
//   AS64500,EXAMPLE,...                      names of systems, under a header that begins with asn,name
using System.Globalization;
using System.Text;
using Weir.Contracts.Networks;
using Weir.Hosting.Files;
using Weir.Wire;

namespace Weir.Desk.Enrichment;

/// <summary>A table of text in memory.</summary>
internal sealed class OwnerTable : IOwnerFile
{
    /// <summary>Longer is no line of such a table.</summary>
    private const int LongestLine = 4_096;

    private static readonly char[] Blanks = ['\t', ' '];
    private readonly Dictionary<uint, NetworkOwner> _systems = [];
    private readonly OwnerRanges _ranges;

    private OwnerTable(OwnerRanges ranges, bool isNames) =>
        (_ranges, Kind) = (ranges, isNames ? "names of AS numbers" : "prefix-to-AS table");

    public string Kind { get; }

    public long? Entries => _ranges.Count + _systems.Count;

    public (int Lines, string First) Refused { get; private init; }

    public IReadOnlyDictionary<uint, NetworkOwner> Systems => _systems;

    public NetworkOwner Find(IpKey address) => _ranges.Find(address) ?? NetworkOwner.Unknown;

    /// <param name="path">Named in what is refused.</param>
    /// <param name="text">Its lines; read to the end.</param>
    /// <exception cref="EnrichmentException">It has lines, and none of them says anything.</exception>
    public static OwnerTable Read(string path, TextReader text)
    {
        var ranges = new List<OwnerRange>();
        var owners = new Dictionary<NetworkOwner, NetworkOwner>();
        var systems = new Dictionary<uint, NetworkOwner>();
        var isNames = false;
        var (lines, refused, first) = (0, 0, "");
        while (text.ReadLine() is { } line)
        {
            lines++;
            if (line.Length == 0 || line[0] is '#' or ';')
            {
                continue;
            }

            if (lines == 1 && line.StartsWith("asn,name", StringComparison.OrdinalIgnoreCase))
            {
                isNames = true;
                continue;
            }

            var why = line.Length > LongestLine ? "the line is too long"
                : isNames ? ReadName(line, systems) : ReadRange(line, ranges, owners);
            if (why is not null && refused++ == 0)
            {
                first = string.Create(CultureInfo.InvariantCulture, $"{path}:{lines}: {why}");
            }
        }

        if (ranges.Count + systems.Count == 0 && refused > 0)
        {
            throw new EnrichmentException(
                $"{first}; no line of it says whose network an address is in: docs/34-enrichment.md shows what is read");
        }

        var table = new OwnerTable(new OwnerRanges(ranges), isNames) { Refused = (refused, first) };
        foreach (var (number, owner) in systems)
        {
            table._systems[number] = owner;
        }

        return table;
    }

    /// <summary>Null where it is one, or speaks of addresses that nobody announces; else why not.</summary>
    private static string? ReadRange(
        string line, List<OwnerRange> ranges, Dictionary<NetworkOwner, NetworkOwner> owners)
    {
        var fields =
            line.Split(line.Contains('\t') ? '\t' : line.Contains(' ') ? ' ' : ',', StringSplitOptions.TrimEntries);
        if (fields.Length < 2)
        {
            return "one field; write a network and an AS number";
        }

        if (!IpKey.TryParse(fields[0].AsSpan(0, Cut(fields[0], '/')), out var from))
        {
            return $"'{Short(fields[0])}' is no address and no network";
        }

        return fields[0].Contains('/') ? Network(fields[0], fields[1], fields.AsSpan(2))
            : fields.Length < 3 ? "a single address needs its length or the last address, then an AS number"
            : int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? Network(string.Create(CultureInfo.InvariantCulture, $"{fields[0]}/{length}"), fields[2],
                    fields.AsSpan(3))
            : Range(fields);

        string? Network(string written, string number, ReadOnlySpan<string> rest) =>
            !Prefix.TryParse(written, out var prefix, strict: true) ? $"'{Short(written)}' is no network"
            : Add(prefix.Network, prefix.Last, number, rest);

        string? Range(ReadOnlySpan<string> all) =>
            !IpKey.TryParse(all[1], out var last) ? $"'{Short(all[1])}' is no address"
            : last.IsV4 != from.IsV4 || last.Bits < from.Bits ? $"{from} to {last} is no range"
            : Add(from, last, all[2], all[3..]);

        string? Add(IpKey first, IpKey last, string number, ReadOnlySpan<string> rest)
        {
            if (Asn(number) is not { } asn)
            {
                return $"'{Short(number)}' is no AS number";
            }

            if (asn == 0)
            {
                return null;
            }

            var owner = rest.Length == 0 ? new NetworkOwner(asn)
                : new NetworkOwner(asn, rest.Length > 1 ? Text(string.Join(' ', rest[1..]!)) : "", CountryOf(rest[0]));
            if (!owners.TryGetValue(owner, out var same))
            {
                owners[owner] = same = owner;
            }

            ranges.Add(new OwnerRange(first, last, same));
            return null;
        }
    }

    private static string? ReadName(string line, Dictionary<uint, NetworkOwner> systems)
    {
        var fields = CsvLine.Split(line, ',', out _);
        if (fields.Count < 2 || Asn(fields[0]) is not (> 0 and var asn))
        {
            return $"'{Short(fields[0])}' is no AS number";
        }

        systems[asn] = new NetworkOwner(asn, Text(fields[1]), fields.Count > 3 ? CountryOf(fields[3]) : "");
        return null;
    }

    /// <summary>Of several origins the first; null for none.</summary>
    internal static uint? Asn(string text)
    {
        var digits = text.AsSpan(text.StartsWith("AS", StringComparison.OrdinalIgnoreCase) ? 2 : 0);
        var end = digits.IndexOfAny('_', ',');
        return uint.TryParse(end < 0 ? digits
            : digits[..end], NumberStyles.None, CultureInfo.InvariantCulture, out var asn)
            ? asn : null;
    }

    /// <summary>Two letters, in capitals; empty for anything else.</summary>
    internal static string CountryOf(string? text) =>
        text is { Length: 2 } && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1])
            ? text.ToUpperInvariant() : "";

    /// <summary>For a table on a screen: no control characters, at most 64 letters.</summary>
    internal static string Text(string? text)
    {
        var clean = new StringBuilder();
        foreach (var rune in (text ?? "").EnumerateRunes())
        {
            if (clean.Length >= 64)
            {
                break;
            }

            clean.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        return clean.ToString().Trim();
    }

    private static int Cut(string text, char at) => text.IndexOf(at) is >= 0 and var index ? index : text.Length;

    private static string Short(string text) => text.Length <= 40 ? text : text[..40] + "…";
}
