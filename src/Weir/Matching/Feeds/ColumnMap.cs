// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Flows;

namespace Weir.Matching.Feeds;

/// <summary>What a column of a list may hold.</summary>
internal enum Field : byte
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
}

/// <summary>Which column of a row holds what, by the names publishers use (contract.md "CSV lists").</summary>
internal sealed class ColumnMap
{
    private static readonly Dictionary<string, Field> Names = new(StringComparer.Ordinal)
    {
        ["ip"] = Field.Address, ["address"] = Field.Address, ["dstip"] = Field.Address, ["indicator"] = Field.Address,
        ["iocvalue"] = Field.Address, ["ipaddress"] = Field.Address, ["ipv4"] = Field.Address, ["ipv6"] = Field.Address,
        ["cidr"] = Field.Address, ["network"] = Field.Address, ["prefix"] = Field.Address, ["dstaddress"] = Field.Address,
        ["destip"] = Field.Address, ["value"] = Field.Address, ["ipport"] = Field.Address, ["host"] = Field.Address,
        ["domain"] = Field.Address,
        ["port"] = Field.Port, ["dstport"] = Field.Port, ["destport"] = Field.Port, ["remoteport"] = Field.Port,
        ["protocol"] = Field.Protocol, ["proto"] = Field.Protocol,
        ["firstseen"] = Field.First, ["firstseenutc"] = Field.First, ["dateadded"] = Field.First, ["date"] = Field.First,
        ["lastseen"] = Field.Last, ["lastseenutc"] = Field.Last, ["lastonline"] = Field.Last,
        ["expires"] = Field.Expires, ["expiry"] = Field.Expires, ["validuntil"] = Field.Expires, ["expiration"] = Field.Expires,
        ["confidence"] = Field.Confidence, ["confidencelevel"] = Field.Confidence,
        ["malware"] = Field.Family, ["family"] = Field.Family, ["malwareprintable"] = Field.Family, ["malwarefamily"] = Field.Family,
        ["ioc"] = Field.Family, ["tags"] = Field.Family,
        ["ioctype"] = Field.Type, ["type"] = Field.Type, ["indicatortype"] = Field.Type,
        ["hits"] = Field.Hits, ["count"] = Field.Hits,
        ["provenance"] = Field.Provenance,
    };

    private readonly int[] _columns = [.. Enumerable.Repeat(-1, Enum.GetValues<Field>().Length)];

    public static string FieldNames { get; } = string.Join(", ", Enum.GetNames<Field>()).ToLowerInvariant();

    public static bool IsField(string name) => FieldNames.Split(", ").Contains(name, StringComparer.Ordinal);

    public bool Has(Field field) => _columns[(int)field] >= 0;

    public void Put(Field field, int column) => _columns[(int)field] = column;

    public string? Value(List<string> row, Field field) =>
        _columns[(int)field] is var at && at >= 0 && at < row.Count ? row[at] : null;

    /// <summary>Reads a header; null where no column holds an address.</summary>
    public static ColumnMap? FromHeader(List<string> header)
    {
        var map = new ColumnMap();
        for (var i = 0; i < header.Count; i++)
        {
            if (TryField(header[i], out var field) && !map.Has(field))
            {
                map.Put(field, i);
            }
        }

        // "ioc" is the malware's name beside an address column and the address itself where there is none.
        var ioc = header.FindIndex(name => Bare(name) == "ioc");
        if (!map.Has(Field.Address) && ioc >= 0)
        {
            map.Put(Field.Address, ioc);
            map._columns[(int)Field.Family] = map._columns[(int)Field.Family] == ioc ? -1 : map._columns[(int)Field.Family];
        }

        return map.Has(Field.Address) ? map : null;
    }

    public static bool TryField(string name, out Field field) => Names.TryGetValue(Bare(name), out field);

    /// <summary>Takes a row: an indicator and what the list says about it.</summary>
    public void Take(List<string> row, string place, FeedIntake intake)
    {
        var text = Value(row, Field.Address) ?? "";
        if (IsOtherType(Value(row, Field.Type), intake))
        {
            return;
        }

        if (Has(Field.Hits) && long.TryParse(Value(row, Field.Hits), NumberStyles.None, CultureInfo.InvariantCulture, out var hits) && intake.HasTooFewHits(hits))
        {
            return;
        }

        var indicator = IndicatorText.Parse(text);
        if (indicator.Kind == IndicatorKind.Unreadable)
        {
            intake.Refuse(place, $"'{Short(text)}' is {indicator.Reason}");
            return;
        }

        if (Value(row, Field.Port) is { } port && port.Trim() is var written && written is not ("" or "0" or "*" or "any") && indicator.Port == 0)
        {
            if (!IndicatorText.TryPort(written, out var number))
            {
                intake.Refuse(place, $"'{Short(written)}' is not a port from 1 to 65535");
                return;
            }

            indicator = indicator with { Port = number };
        }

        if (Value(row, Field.Protocol) is { Length: > 0 } protocol && indicator.Protocol == 0)
        {
            if (!Protocols.TryParse(protocol.Trim().ToLowerInvariant(), out var number))
            {
                intake.Refuse(place, $"'{Short(protocol)}' is not a protocol");
                return;
            }

            indicator = indicator with { Protocol = number };
        }

        intake.Take(indicator, place, FactsOf(row));
    }

    private Facts FactsOf(List<string> row) => new()
    {
        FirstMs = Facts.Time(Value(row, Field.First)),
        LastMs = Facts.Time(Value(row, Field.Last)),
        ExpiresMs = Facts.Time(Value(row, Field.Expires)),
        Confidence = int.TryParse(Value(row, Field.Confidence), NumberStyles.None, CultureInfo.InvariantCulture, out var confidence) ? Math.Min(confidence, 100) : -1,
        Family = Value(row, Field.Family)?.Trim() ?? "",
        Provenance = Value(row, Field.Provenance)?.Trim() ?? "",
    };

    private static bool IsOtherType(string? type, FeedIntake intake)
    {
        var other = type?.Trim().ToLowerInvariant() switch
        {
            null or "" => null,
            "url" or "uri" => "url",
            var t when t.Contains("hash", StringComparison.Ordinal) || t.StartsWith("md5", StringComparison.Ordinal) || t.StartsWith("sha", StringComparison.Ordinal) => "file hash",
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
