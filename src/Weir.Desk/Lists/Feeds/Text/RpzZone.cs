// SPDX-License-Identifier: Apache-2.0
//
// Response policy zones as text. An owner is a name ("bad.example", "*.bad.example"), or an address written backwards
// before "rpz-ip" ("24.0.2.0.192.rpz-ip", IPv6 with "zz" for "::"). The target says what happens: "." "*." "rpz-drop."
// and local data mean listed, "rpz-passthru." means allowed, and so does what older zones write for it: the trigger
// itself. Triggers on clients and name servers say nothing of flows.
// Of two prefixes in one zone the longer decides (§5.3): an allowed network is taken without what is listed inside it.
//
// Standards: draft-vixie-dnsop-dns-rpz-00 §4.1 to §4.3; master files RFC 1035 §5.1.
using Weir.Contracts.Lists;
using Weir.Wire;

namespace Weir.Desk.Lists.Feeds.Text;

internal static class RpzZone
{
    private static readonly string[] Classes = ["IN", "CH", "HS"];

    /// <summary>Whether a line can only be a zone's.</summary>
    public static bool IsZoneLine(string line)
    {
        if (line.StartsWith("$TTL", StringComparison.OrdinalIgnoreCase)
            || line.StartsWith("$ORIGIN", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        var words = SplitWords(line);
        return words.Count >= 3 && words.Exists(word => word.Equals("CNAME", StringComparison.OrdinalIgnoreCase)
            || word.Equals("SOA", StringComparison.OrdinalIgnoreCase));
    }

    /// <param name="lines">Stands at the zone's first line.</param>
    /// <param name="intake">Takes what it holds.</param>
    public static void Read(IEnumerator<(int Number, string Line)> lines, FeedParseContext intake)
    {
        var origin = "";
        var (brackets, opened) = (0, 0);
        var addresses = new List<ZoneAddress>();
        do
        {
            var (number, line) = lines.Current;
            var text = WithoutComment(line);
            if (brackets > 0)
            {
                brackets += Balance(text);
                continue;
            }

            var words = SplitWords(text);
            if (words.Count == 0 || Is(words[0], "$TTL"))
            {
                continue;
            }

            if (Is(words[0], "$INCLUDE"))
            {
                intake.Refuse($"line {number}", "a file that is included is not read");
                continue;
            }

            if (Is(words[0], "$ORIGIN"))
            {
                origin = words.Count > 1 ? words[1].TrimEnd('.').ToLowerInvariant() : "";
                continue;
            }

            (brackets, opened) = (Math.Max(0, Balance(text)), number);
            TakeRecord(words, char.IsWhiteSpace(text[0]), origin, $"line {number}", intake, addresses);
        }
        while (lines.MoveNext());

        if (brackets > 0)
        {
            intake.Refuse($"line {opened}", "a parenthesis is opened and never closed: what follows it is not read");
        }

        AddAddresses(addresses, intake);
    }

    /// <summary>An address or network of the zone: listed, or allowed.</summary>
    private readonly record struct ZoneAddress(Prefix What, ListRole? Role, string Place);

    private static void AddAddresses(List<ZoneAddress> addresses, FeedParseContext intake)
    {
        Prefix[] listed = [.. addresses.Where(a => a.Role != ListRole.Allow).Select(a => a.What)
            .OrderBy(what => what.Network.Bits)];
        UInt128[] starts = [.. listed.Select(what => what.Network.Bits)];
        var allowed = new HashSet<Prefix>();
        foreach (var (what, role, place) in addresses)
        {
            if (role == ListRole.Allow && !allowed.Add(what))
            {
                continue;
            }

            List<Prefix> inside = role == ListRole.Allow ? Inside(what, listed, starts) : [];
            foreach (var part in inside.Count == 0 ? [what] : Without(what, inside))
            {
                intake.Add(Indicator.Network(part), place, new FeedEntryAttributes { Role = role });
            }
        }
    }

    /// <summary>What is listed inside a network; sorted, so it lies in one run.</summary>
    private static List<Prefix> Inside(Prefix what, Prefix[] listed, UInt128[] starts)
    {
        var at = Array.BinarySearch(starts, what.Network.Bits);
        for (at = at < 0 ? ~at : at; at > 0 && starts[at - 1] == what.Network.Bits; at--)
        {
        }

        var inside = new List<Prefix>();
        for (; at < listed.Length && starts[at] <= what.Last.Bits; at++)
        {
            if (listed[at].Length > what.Length && listed[at].IsV4 == what.IsV4)
            {
                inside.Add(listed[at]);
            }
        }

        return inside;
    }

    /// <summary>A network less some inside it, as the fewest networks.</summary>
    private static IEnumerable<Prefix> Without(Prefix whole, List<Prefix> holes)
    {
        if (holes.Exists(hole => hole == whole))
        {
            return [];
        }

        if (holes.Count == 0)
        {
            return [whole];
        }

        var length = whole.Length + 1;
        var lower = Prefix.From(whole.Network, length);
        var upper = Prefix.From(whole.Last, length);
        return Without(lower, [.. holes.Where(hole => lower.Contains(hole.Network) && hole.Length >= length)])
            .Concat(Without(upper, [.. holes.Where(hole => upper.Contains(hole.Network) && hole.Length >= length)]));
    }

    /// <summary>Digits, with or without units: "600", "1h", "1h30m" (BIND 9 reference manual).</summary>
    private static bool IsTtl(string word)
    {
        var digit = false;
        foreach (var c in word)
        {
            if (!char.IsAsciiDigit(c) && !(digit && char.ToLowerInvariant(c) is ('s' or 'm' or 'h' or 'd' or 'w')))
            {
                return false;
            }

            digit = char.IsAsciiDigit(c);
        }

        return word.Length > 0 && char.IsAsciiDigit(word[0]);
    }

    private static void TakeRecord(
        List<string> words, bool ownerOmitted, string origin, string place, FeedParseContext intake,
        List<ZoneAddress> addresses)
    {
        var at = ownerOmitted ? 0 : 1;
        while (at < words.Count
            && (IsTtl(words[at]) || Classes.Contains(words[at], StringComparer.OrdinalIgnoreCase)))
        {
            at++;
        }

        var type = at < words.Count ? words[at].ToUpperInvariant() : "";
        if (type is "SOA" or "NS")
        {
            return;
        }

        if (ownerOmitted || at + 1 >= words.Count || type is not ("CNAME" or "A" or "AAAA" or "TXT" or "MX"))
        {
            intake.Refuse(
                place, ownerOmitted ? "a record without owner" : "not a policy record (CNAME, A, AAAA, TXT, MX)");
            return;
        }

        // Addresses may stand relative to an origin that says what they are (RFC 1035 §5.1).
        var isBelow = !words[0].EndsWith('.') && IndexOfTrigger("." + origin, "rpz-ip") >= 0;
        var owner = (isBelow ? $"{words[0]}.{origin}" : words[0].TrimEnd('.')).ToLowerInvariant();
        owner = isBelow ? owner : origin.Length > 0 && owner.EndsWith("." + origin, StringComparison.Ordinal)
            ? owner[..^(origin.Length + 1)]
            : owner;
        var facts = new FeedEntryAttributes { Role = IsPassed(owner, words[at + 1]) ? ListRole.Allow : null };
        if (words[at + 1].StartsWith("rpz-tcp-only", StringComparison.OrdinalIgnoreCase))
        {
            intake.Ignore("to be asked over TCP, not listed");
            return;
        }

        if (IndexOfTrigger(owner, "rpz-ip") is var ip && ip >= 0)
        {
            TakeAddress(owner[..ip], place, facts.Role, intake, addresses);
        }
        else if (IndexOfTrigger(owner, "rpz-client-ip") >= 0
            || IndexOfTrigger(owner, "rpz-nsip") >= 0 || IndexOfTrigger(owner, "rpz-nsdname") >= 0)
        {
            intake.Ignore("policy on clients or name servers");
        }
        else if (IndicatorText.TryName(owner, out var name, out var below))
        {
            intake.Add(new(IndicatorKind.Domain, default, 0, 0, name, below, ""), place, facts);
        }
        else
        {
            intake.Refuse(place, $"'{ColumnMap.Short(owner)}' is not a name");
        }
    }

    /// <summary>Whether the target lets the trigger pass. Before there was a word for it, that was the trigger itself:
    /// "32.1.0.0.127.rpz-ip CNAME 32.1.0.0.127.", "good.example CNAME good.example.", which servers still
    /// take.</summary>
    private static bool IsPassed(string owner, string target)
    {
        var ip = IndexOfTrigger(owner, "rpz-ip");
        return target.StartsWith("rpz-passthru", StringComparison.OrdinalIgnoreCase)
            || Is(target.TrimEnd('.'), ip < 0 ? owner : owner[..ip]);
    }

    private static bool Is(string text, string word) => text.Equals(word, StringComparison.OrdinalIgnoreCase);

    /// <summary>Where ".rpz-ip" ends a name or stands before the zone's own name; -1 where it does not.</summary>
    private static int IndexOfTrigger(string owner, string trigger)
    {
        var at = owner.IndexOf("." + trigger, StringComparison.Ordinal);
        var after = at + trigger.Length + 1;
        return at >= 0 && (after == owner.Length || owner[after] == '.') ? at : -1;
    }

    private static void TakeAddress(
        string reversed, string place, ListRole? role, FeedParseContext intake, List<ZoneAddress> addresses)
    {
        var labels = reversed.Split('.');
        Array.Reverse(labels);
        var groups = labels[..^1];
        var v4 = groups.Length == 4 && !groups.Contains("zz");
        var text = v4 ? string.Join('.', groups) : Colons(groups);
        var indicator = IndicatorText.Parse($"{text}/{labels[^1]}");
        if (indicator.Kind == IndicatorKind.Network && IpKey.TryParse(text, out var written)
            && written != indicator.What.Network)
        {
            // Servers pass such a record over (BIND: "invalid rpz IP address"): read as a network it would cover more.
            intake.Refuse(place, $"'{text}/{labels[^1]}' has address bits behind its prefix length");
        }
        else if (indicator.Kind == IndicatorKind.Network)
        {
            addresses.Add(new ZoneAddress(indicator.What, role, place));
        }
        else if (indicator.Reason.Length > 0 && Prefix.TryParse($"{text}/{labels[^1]}", out _))
        {
            intake.Refuse(place, indicator.Reason);
        }
        else
        {
            intake.Refuse(place, $"'{ColumnMap.Short(reversed)}' is not an address written backwards");
        }
    }

    private static string Colons(string[] groups)
    {
        var text = string.Join(':', groups.Select(group => group == "zz" ? "" : group));
        text = groups.Length > 0 && groups[0] == "zz" ? ":" + text : text;
        return groups.Length > 0 && groups[^1] == "zz" ? text + ":" : text;
    }

    private static List<string> SplitWords(string line) =>
        [.. line.Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)];

    private static int Balance(string text) => text.Count(c => c == '(') - text.Count(c => c == ')');

    private static string WithoutComment(string line)
    {
        var quoted = false;
        for (var i = 0; i < line.Length; i++)
        {
            quoted ^= line[i] == '"';
            if (line[i] == ';' && !quoted)
            {
                return line[..i];
            }
        }

        return line;
    }
}
