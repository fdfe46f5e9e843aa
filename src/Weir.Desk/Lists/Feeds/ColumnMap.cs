// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Numerics;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Wire;

namespace Weir.Desk.Lists.Feeds;

/// <summary>What a column of a list may hold.</summary>
internal enum FeedField : byte
{
    Address,
    Port,
    Protocol,
    First,
    Last,
    Expires,
    Confidence,
    Family,
    Type,
    Hits,
    Provenance,

    /// <summary>Last address of a range that begins with Address.</summary>
    End,

    /// <summary>Prefix length of the network that begins with Address.</summary>
    Length,

    /// <summary>What the indicator was seen doing (ThreatFox threat_type).</summary>
    Threat,

    /// <summary>Whether it is meant to be looked for (MISP to_ids).</summary>
    Detection,

    /// <summary>Whether the publisher takes it back: revoked, deleted, known to be good.</summary>
    Withdrawn,

    /// <summary>Whether it still holds (OTX is_active).</summary>
    Active,

    /// <summary>What the publisher thinks of it, in a word.</summary>
    Verdict,

    /// <summary>A name; the indicator itself where no column holds an address.</summary>
    Host,
}

/// <summary>Which column of a row holds what, by the names publishers use.</summary>
internal sealed class ColumnMap
{
    private static readonly Dictionary<string, FeedField> Names = new(StringComparer.Ordinal)
    {
        ["ip"] = FeedField.Address,
        ["address"] = FeedField.Address,
        ["dstip"] = FeedField.Address,
        ["indicator"] = FeedField.Address,
        ["iocvalue"] = FeedField.Address,
        ["ipaddress"] = FeedField.Address, ["ipaddr"] = FeedField.Address, ["ipv4address"] = FeedField.Address,
        ["ipv6address"] = FeedField.Address, ["destinationip"] = FeedField.Address,
        ["destinationaddress"] = FeedField.Address, ["remoteip"] = FeedField.Address,
        ["remoteaddress"] = FeedField.Address, ["serverip"] = FeedField.Address, ["c2ip"] = FeedField.Address,
        ["c2address"] = FeedField.Address, ["observable"] = FeedField.Address, ["subnet"] = FeedField.Address,
        ["netblock"] = FeedField.Address, ["iprange"] = FeedField.Address,
        ["ipv4"] = FeedField.Address,
        ["ipv6"] = FeedField.Address,
        ["cidr"] = FeedField.Address,
        ["network"] = FeedField.Address,
        ["prefix"] = FeedField.Address,
        ["dstaddress"] = FeedField.Address,
        ["destip"] = FeedField.Address,
        ["value"] = FeedField.Address,
        ["ipport"] = FeedField.Address,
        ["host"] = FeedField.Host,
        ["domain"] = FeedField.Host,
        ["port"] = FeedField.Port,
        ["dstport"] = FeedField.Port,
        ["destport"] = FeedField.Port, ["portnumber"] = FeedField.Port, ["destinationport"] = FeedField.Port,
        ["ports"] = FeedField.Port,
        ["serverport"] = FeedField.Port, ["c2port"] = FeedField.Port,
        ["remoteport"] = FeedField.Port, ["protocol"] = FeedField.Protocol, ["proto"] = FeedField.Protocol,
        ["firstseen"] = FeedField.First,
        ["firstseenutc"] = FeedField.First,
        ["dateadded"] = FeedField.First,
        ["date"] = FeedField.First,
        ["lastseen"] = FeedField.Last,
        ["lastseenutc"] = FeedField.Last,
        ["lastonline"] = FeedField.Last,
        ["expires"] = FeedField.Expires,
        ["expiry"] = FeedField.Expires,
        ["validuntil"] = FeedField.Expires,
        ["expiration"] = FeedField.Expires,
        ["confidence"] = FeedField.Confidence,
        ["confidencelevel"] = FeedField.Confidence, ["abuseconfidencescore"] = FeedField.Confidence,
        ["malware"] = FeedField.Family,
        ["family"] = FeedField.Family,
        ["malwareprintable"] = FeedField.Family,
        ["malwarefamily"] = FeedField.Family, ["ioc"] = FeedField.Family, ["tags"] = FeedField.Family,
        ["ioctype"] = FeedField.Type, ["type"] = FeedField.Type, ["indicatortype"] = FeedField.Type,
        ["hits"] = FeedField.Hits, ["count"] = FeedField.Hits,
        ["provenance"] = FeedField.Provenance,
        ["threattype"] = FeedField.Threat,
        ["toids"] = FeedField.Detection,
        ["revoked"] = FeedField.Withdrawn, ["isrevoked"] = FeedField.Withdrawn, ["deleted"] = FeedField.Withdrawn,
        ["whitelisted"] = FeedField.Withdrawn, ["iswhitelisted"] = FeedField.Withdrawn,
        ["falsepositive"] = FeedField.Withdrawn, ["isfalsepositive"] = FeedField.Withdrawn,
        ["riot"] = FeedField.Withdrawn, ["classification"] = FeedField.Verdict, ["verdict"] = FeedField.Verdict,
        ["active"] = FeedField.Active, ["isactive"] = FeedField.Active,
    };

    /// <summary>Names that mean an address only where a range's end, or a prefix length, stands beside.</summary>
    private static readonly string[] Starts =
        ["start", "startip", "startaddress", "rangestart", "firstip", "from", "begin"];

    private static readonly Dictionary<string, FeedField> Ends = new(StringComparer.Ordinal)
    {
        ["end"] = FeedField.End,
        ["endip"] = FeedField.End,
        ["endaddress"] = FeedField.End,
        ["rangeend"] = FeedField.End,
        ["lastip"] = FeedField.End,
        ["to"] = FeedField.End,
        ["netmask"] = FeedField.Length,
        ["mask"] = FeedField.Length,
        ["subnetmask"] = FeedField.Length,
        ["networkmask"] = FeedField.Length,
        ["masklength"] = FeedField.Length,
        ["maskbits"] = FeedField.Length,
        ["masklen"] = FeedField.Length,
        ["prefixlen"] = FeedField.Length,
        ["prefixlength"] = FeedField.Length,
        ["cidrlen"] = FeedField.Length,
    };

    private static readonly char[] PortSeparators = [',', ';', ' ', '|'];

    /// <summary>Nobody named the columns: they were told by the first row's looks.</summary>
    private bool _isGuessed;

    /// <summary>Where a prefix length may stand, or a network once more; -1 = nowhere.</summary>
    private int _lengthBeside = -1;

    /// <summary>All of Withdrawn; a row may have several.</summary>
    private readonly List<int> _withdrawn = [];

    private readonly int[] _columns = [.. Enumerable.Repeat(-1, Enum.GetValues<FeedField>().Length)];

    public static string FieldNames { get; } = string.Join(", ", Enum.GetNames<FeedField>()).ToLowerInvariant();

    public static bool IsField(string name) => FieldNames.Split(", ").Contains(name, StringComparer.Ordinal);

    public bool Has(FeedField field) => _columns[(int)field] >= 0;

    /// <summary>Says that nobody named the columns.</summary>
    public ColumnMap Guessed()
    {
        _isGuessed = true;
        return this;
    }

    public void Put(FeedField field, int column)
    {
        _columns[(int)field] = column;
        if (field == FeedField.Withdrawn)
        {
            _withdrawn.Add(column);
        }
    }

    /// <summary>Whether a further column may hold this.</summary>
    public bool Takes(FeedField field) => !Has(field) || field == FeedField.Withdrawn;

    /// <summary>Where no column holds an address, a name is the indicator.</summary>
    public void TakeHost()
    {
        if (!Has(FeedField.Address) && Has(FeedField.Host))
        {
            Put(FeedField.Address, ColumnOf(FeedField.Host));
        }
    }

    /// <summary>Where a field stands; -1 = nowhere.</summary>
    public int ColumnOf(FeedField field) => _columns[(int)field];

    public string? Value(List<string> row, FeedField field) =>
        _columns[(int)field] is var at && at >= 0 && at < row.Count ? row[at] : null;

    /// <summary>Reads a header; null where no column holds an address.</summary>
    public static ColumnMap? FromHeader(List<string> header)
    {
        var map = new ColumnMap();
        for (var i = 0; i < header.Count; i++)
        {
            if (TryField(header[i], out var field) && map.Takes(field))
            {
                map.Put(field, i);
            }
        }

        map.FindRange(header);
        map.TakeHost();

        // "ioc" is the malware's name beside an address column and the address itself where there is none. URLs are
        // no entries, and said to be none.
        var ioc = header.FindIndex(name => Bare(name) is "ioc");
        ioc = ioc < 0 ? header.FindIndex(name => Bare(name) is "url") : ioc;
        if (!map.Has(FeedField.Address) && ioc >= 0)
        {
            map.Put(FeedField.Address, ioc);
            map._columns[(int)FeedField.Family] =
                map._columns[(int)FeedField.Family] == ioc ? -1 : map._columns[(int)FeedField.Family];
        }

        return map.Has(FeedField.Address) ? map : null;
    }

    /// <summary>Start, end and prefix length in columns of their own, as DShield publishes networks.</summary>
    private void FindRange(List<string> header)
    {
        var start = header.FindIndex(name => Starts.Contains(Bare(name), StringComparer.Ordinal));
        if (Has(FeedField.Address) && start < 0)
        {
            start = _columns[(int)FeedField.Address];
        }

        // "network,prefix" and "ip,cidr": a number in the second is the length of the network in the first.
        _lengthBeside = start < 0 ? -1 : header.FindIndex(start + 1, name => Bare(name) is "prefix" or "cidr");
        for (var i = 0; i < header.Count; i++)
        {
            if (start >= 0 && i != start && Ends.TryGetValue(Bare(header[i]), out var field) && !Has(field))
            {
                Put(field, i);
                Put(FeedField.Address, start);
            }
        }
    }

    public static bool TryField(string name, out FeedField field) => Names.TryGetValue(Bare(name), out field);

    /// <summary>Takes a row: an indicator and what the list says about it.</summary>
    public void AddRow(List<string> row, string place, FeedParseContext intake)
    {
        var text = Value(row, FeedField.Address) ?? "";
        if (IsLeftOut(row, intake))
        {
            return;
        }

        if (!FeedEntryAttributes.TryEnd(Value(row, FeedField.Expires)))
        {
            intake.Refuse(place, $"'{Short(Value(row, FeedField.Expires)!)}', when it ends, is no time that is read");
            return;
        }

        AddNameBeside(row, place, intake);
        if (Has(FeedField.End) || Has(FeedField.Length) || LengthOf(row).Length > 0
            || AddressRange.TryParse(text, out _))
        {
            AddRange(row, text, place, intake);
            return;
        }

        var indicator = IndicatorText.Parse(PortBehind(row, text));
        if (indicator.Kind == IndicatorKind.Unreadable)
        {
            intake.Refuse(place, $"'{Short(text)}' is {indicator.Reason}");
            return;
        }

        if (Value(row, FeedField.Protocol) is { Length: > 0 } protocol && indicator.Protocol == 0)
        {
            if (!Protocols.TryParse(protocol.Trim().ToLowerInvariant(), out var number))
            {
                intake.Refuse(place, $"'{Short(protocol)}' is not a protocol");
                return;
            }

            indicator = indicator with { Protocol = number };
        }

        AddPorts(indicator, Value(row, FeedField.Port)?.Trim() ?? "", place, intake, FactsOf(row));
    }

    /// <summary>Whether the row itself says that it is no entry here; counted when so.</summary>
    private bool IsLeftOut(List<string> row, FeedParseContext intake)
    {
        if (IsOtherType(Value(row, FeedField.Type), intake))
        {
            return true;
        }

        if (Has(FeedField.Hits)
            && long.TryParse(Value(row, FeedField.Hits), NumberStyles.None, CultureInfo.InvariantCulture, out var hits)
            && intake.HasTooFewHits(hits))
        {
            return true;
        }

        if (Value(row, FeedField.Threat)?.Trim() is { } threat
            && threat.Contains("payload", StringComparison.OrdinalIgnoreCase))
        {
            intake.Ignore("payload delivery, no C&C");
            return true;
        }

        if (_withdrawn.Exists(at => at < row.Count && IsYes(row[at]))
            || IsGood(Value(row, FeedField.Verdict)) || IsGood(Value(row, FeedField.Family))
            || (Value(row, FeedField.Active)?.Trim().ToLowerInvariant() is "0" or "false" or "no"))
        {
            intake.Ignore("taken back by its publisher");
            return true;
        }

        if (Has(FeedField.Detection) && !IsYes(Value(row, FeedField.Detection)))
        {
            intake.Ignore("not meant for detection (to_ids)");
            return true;
        }

        return false;
    }

    /// <summary>A word or tag that says of something that it is known to be good.</summary>
    private static bool IsGood(string? words) => words is not null
        && words.Split(PortSeparators, StringSplitOptions.TrimEntries).Any(word => Bare(word) is "benign" or "harmless"
            or "whitelist" or "whitelisted" or "allowlist" or "allowlisted" or "falsepositive" or "knowngood");

    private static bool IsYes(string? text) => text?.Trim().ToLowerInvariant() is "1" or "true" or "yes";

    /// <summary>A row about a name tells its address behind it; a name behind an address is what the address was
    /// called.</summary>
    private void AddNameBeside(List<string> row, string place, FeedParseContext intake)
    {
        if (ColumnOf(FeedField.Host) is var at && at >= 0 && at < ColumnOf(FeedField.Address)
            && Value(row, FeedField.Host) is { } host
            && IndicatorText.Parse(host) is { Kind: IndicatorKind.Domain } name)
        {
            intake.Add(name, place, FactsOf(row));
        }
    }

    /// <summary>A row may name several ports, and a protocol behind each: "443", "443/tcp", "80, 443".</summary>
    private static void AddPorts(
        Indicator indicator, string written, string place, FeedParseContext intake, in FeedEntryAttributes facts)
    {
        if (indicator.Port != 0 || written.ToLowerInvariant() is "" or "0" or "*" or "any" or "all")
        {
            intake.Add(indicator, place, facts);
            return;
        }

        var ports = new List<Indicator>();
        const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        foreach (var one in written.Split(PortSeparators, Trimmed))
        {
            var slash = one.IndexOf('/', StringComparison.Ordinal);
            byte protocol = 0;
            if (!IndicatorText.TryPort(slash < 0 ? one : one[..slash], out var number)
                || (slash >= 0 && !Protocols.TryParse(one[(slash + 1)..].ToLowerInvariant(), out protocol)))
            {
                intake.Refuse(place, $"'{Short(one)}' is not a port from 1 to 65535");
                return;
            }

            ports.Add(indicator with { Port = number, Protocol = protocol != 0 ? protocol : indicator.Protocol });
        }

        foreach (var port in ports)
        {
            intake.Add(port, place, facts);
        }
    }

    /// <summary>A network told by its first address and its last, its length, or both: then they must agree.</summary>
    private void AddRange(List<string> row, string text, string place, FeedParseContext intake)
    {
        var (end, length) = (Value(row, FeedField.End)?.Trim() ?? "", LengthOf(row));
        var byLength = Prefix.TryParse($"{text.Trim()}/{length}", out var network);
        if (length.Length > 0 && !byLength)
        {
            intake.Refuse(place, $"'{Short(text)}' with length '{Short(length)}' is no network");
            return;
        }

        AddressRange range = default;
        var isRange = end.Length > 0
            ? AddressRange.TryCreate(text, end, out range)
            : AddressRange.TryParse(text, out range);
        if (!isRange && (end.Length > 0 || !byLength))
        {
            intake.Refuse(place, $"'{Short(text)}' to '{Short(end)}' is no range of addresses");
            return;
        }

        if (!isRange)
        {
            intake.Add(Indicator.Network(network), place, FactsOf(row));
            return;
        }

        if (byLength && !(range.IsNetwork && range.ToPrefixes().First() == network))
        {
            intake.Refuse(place, $"{range} is not {network}, which the row says as well");
            return;
        }

        if (_isGuessed && !byLength && !range.IsNetwork)
        {
            intake.Refuse(
                place, $"'{Short(text)}' and '{Short(end)}' are the ends of a range or two addresses; name the columns "
                    + "in a first row");
            return;
        }

        intake.AddRange(in range, place, FactsOf(row));
    }

    /// <summary>The length of the row's network, written as a number or as a mask; what is neither, as it
    /// stands.</summary>
    private string LengthOf(List<string> row)
    {
        if (Value(row, FeedField.Length)?.Trim() is { } told)
        {
            return told.Contains('.', StringComparison.Ordinal) && IpKey.TryParse(told, out var mask) && mask.IsV4
                && (uint)mask.Bits is var bits && bits != 0 && (~bits & (~bits + 1)) == 0
                    ? BitOperations.PopCount(bits).ToString(CultureInfo.InvariantCulture) : told;
        }

        var beside = _lengthBeside >= 0 && _lengthBeside < row.Count ? row[_lengthBeside].Trim() : "";
        return beside.Length is 1 or 2 or 3 && beside.All(char.IsAsciiDigit) ? beside : "";
    }

    /// <summary>MISP writes an address and its port as "ADDRESS|PORT", and says so in the type.</summary>
    private string PortBehind(List<string> row, string text)
    {
        var bar = text.IndexOf('|', StringComparison.Ordinal);
        return bar > 0 && Value(row, FeedField.Type)?.Trim() is "ip-dst|port" or "ip-src|port"
            && IpKey.TryParse(text.AsSpan(0, bar), out var address)
                ? address.IsV4 ? $"{address}:{text[(bar + 1)..]}" : $"[{address}]:{text[(bar + 1)..]}" : text;
    }

    private FeedEntryAttributes FactsOf(List<string> row) => new()
    {
        // Where an attack came from is nobody's C&C.
        Role = Value(row, FeedField.Type)?.Trim() is "ip-src" or "ip-src|port" ? ListRole.Attacker : null,
        FirstMs = FeedEntryAttributes.Time(Value(row, FeedField.First)),
        LastMs = FeedEntryAttributes.Time(Value(row, FeedField.Last)),
        ExpiresMs = FeedEntryAttributes.Time(Value(row, FeedField.Expires)),
        Confidence = FeedEntryAttributes.ConfidenceOf(Value(row, FeedField.Confidence)),
        Family = Value(row, FeedField.Family)?.Trim() ?? "",
        Provenance = Value(row, FeedField.Provenance)?.Trim() ?? "",
    };

    private static bool IsOtherType(string? type, FeedParseContext intake)
    {
        var other = type?.Trim().ToLowerInvariant() switch
        {
            null or "" => null,
            "url" or "uri" => "url",
            var t when t.Contains("hash", StringComparison.Ordinal)
                || t.StartsWith("md5", StringComparison.Ordinal) || t.StartsWith("sha", StringComparison.Ordinal) =>
                "file hash",
            var t when t.StartsWith("email", StringComparison.Ordinal) => "mail address",
            _ => null,
        };
        if (other is not null)
        {
            intake.Ignore(other);
        }

        return other is not null;
    }

    private static string Bare(string name) => string.Concat(name.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    internal static string Short(string text) => text.Length > 60 ? text[..60] + "…" : text;
}
