// SPDX-License-Identifier: Apache-2.0
//
// MISP: a feed is a folder with manifest.json (uuid to event header) and one file an event; an event may also come
// alone, as {"Event":…}, {"response":[{"Event":…}]} or an array of them, and so may the attributes a search found,
// {"response":{"Attribute":[…]}}. Taken are attributes meant for detection
// ("to_ids"), in the event and in its objects: ip-dst, ip-src, both with port, domain, hostname, domain|ip,
// hostname|port. An ip-src is where an attack came from, so it informs as `attacker` unless the operator gives the list
// a role.
//
// Standards: MISP core format (draft-dulaunoy-misp-core-format), warninglists JSON of MISP/misp-warninglists.
using System.Text.Json;
using Weir.Contracts.Lists;

namespace Weir.Desk.Lists.Feeds.Json;

internal static class MispFeed
{
    /// <summary>A manifest maps uuids to event headers.</summary>
    public static bool IsManifest(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (var item in root.EnumerateObject())
        {
            return Guid.TryParse(item.Name, out _)
                && (item.Value.TryGet("info", out _) || item.Value.TryGet("Orgc", out _));
        }

        return false;
    }

    /// <summary>An attribute that a search found, without its event.</summary>
    public static void ReadAttribute(JsonElement attribute, string place, FeedParseContext intake) =>
        ReadAttribute(attribute, [], Family(attribute), place, intake);

    /// <summary>A warninglist names what is known good: its entries are allowed unless the operator
    /// says otherwise.</summary>
    public static void ReadWarninglist(string type, IEnumerable<string> list, FeedParseContext intake)
    {
        intake.Role = intake.Options.Role ?? ListRole.Allow;
        var number = 0;
        foreach (var text in list)
        {
            number++;
            if (type is "regex" or "substring")
            {
                intake.Ignore($"warninglist of type {type}");
            }
            else
            {
                // A leading dot in a hostname list means the names below.
                intake.Add(
                    IndicatorText.Parse(text.StartsWith('.') ? "*" + text : text), $"list item {number}",
                    new FeedEntryAttributes());
            }
        }
    }

    public static void ReadEvent(JsonElement misp, string place, FeedParseContext intake)
    {
        var family = Family(misp);
        foreach (var attribute in misp.Each("Attribute"))
        {
            ReadAttribute(attribute, [], family, place, intake);
        }

        foreach (var item in misp.Each("Object"))
        {
            if (item.IsTrue("deleted"))
            {
                intake.Ignore("deleted");
                continue;
            }

            var ports = new List<ushort>();
            foreach (var attribute in item.Each("Attribute"))
            {
                if (attribute.Text("object_relation") == "dst-port" && !attribute.IsTrue("deleted")
                    && IndicatorText.TryPort(attribute.Text("value"), out var named))
                {
                    ports.Add(named);
                }
            }

            foreach (var attribute in item.Each("Attribute"))
            {
                ReadAttribute(attribute, ports, family, place, intake);
            }
        }
    }

    private static void ReadAttribute(
        JsonElement attribute, List<ushort> ports, string family, string place, FeedParseContext intake)
    {
        var type = attribute.Text("type");
        if (type is not ("ip-dst" or "ip-src" or "ip-dst|port" or "ip-src|port"
            or "domain" or "hostname" or "domain|ip" or "hostname|port"))
        {
            intake.Ignore(type.Length is 0 or > 40 ? "attribute of another type" : type);
            return;
        }

        if (WhyLeftOut(attribute) is { } why)
        {
            intake.Ignore(why);
            return;
        }

        var where = attribute.Text("uuid") is { Length: > 0 } uuid ? $"{place} {uuid}" : place;
        var facts = new FeedEntryAttributes
        {
            FirstMs = FirstOf(
                FeedEntryAttributes.Time(attribute.Text("first_seen")),
                attribute.Number("timestamp") is > 0 and < 253_402_300_800 and var seconds ? seconds * 1_000 : 0),
            LastMs = FeedEntryAttributes.Time(attribute.Text("last_seen")),
            Family = family,
            Role = type.StartsWith("ip-src", StringComparison.Ordinal) ? ListRole.Attacker : null,
        };
        var parts = attribute.Text("value").Split('|');
        var indicator = IndicatorText.Parse(parts[0]);
        if (type == "domain|ip" && parts.Length == 2)
        {
            AddIndicator(indicator, parts[0], where, facts, intake);
            AddIndicator(IndicatorText.Parse(parts[1]), parts[1], where, facts, intake);
            return;
        }

        if (parts.Length > 1 && indicator.Kind == IndicatorKind.Network)
        {
            if (parts.Length > 2 || !IndicatorText.TryPort(parts[1], out var port))
            {
                intake.Refuse(
                    where, $"'{ColumnMap.Short(string.Join('|', parts[1..]))}' is not a port from 1 to 65535");
                return;
            }

            ports = [port];
        }

        // A port belongs to the far end only where the address is the destination.
        if (ports.Count == 0 || indicator.Kind != IndicatorKind.Network || indicator.Port != 0
            || type.StartsWith("ip-src", StringComparison.Ordinal))
        {
            ports = [indicator.Port];
        }

        foreach (var port in ports)
        {
            AddIndicator(indicator with { Port = port }, parts[0], where, facts, intake);
        }
    }

    private static string? WhyLeftOut(JsonElement attribute) =>
        attribute.IsTrue("deleted") ? "deleted"
        : !attribute.IsTrue("to_ids") ? "not meant for detection (to_ids)"
        : IsDoubted(attribute) ? "false positive or decayed, as the instance says"
        : HasWarning(attribute) ? "on a warning list of the instance"
        : null;

    /// <summary>Tagged as a false positive that is likely (taxonomy false-positive), or decayed by the instance's own
    /// model.</summary>
    private static bool IsDoubted(JsonElement attribute) =>
        attribute.Each("Tag").Any(tag => tag.Text("name") is "false-positive:risk=\"high\""
            or "false-positive:confirmed=\"true\"")
        || attribute.Each("decay_score").Any(score => score.IsTrue("decayed"));

    /// <summary>The instance says that the value stands on one of its lists of what is known to be good
    /// (includeWarninglistHits).</summary>
    private static bool HasWarning(JsonElement attribute) => attribute.TryGet("warnings", out var warnings)
        && warnings.ValueKind switch
        {
            JsonValueKind.Array => warnings.GetArrayLength() > 0,
            JsonValueKind.Object => warnings.EnumerateObject().Any(),
            _ => false,
        };

    private static void AddIndicator(
        in Indicator indicator, string text, string place, in FeedEntryAttributes facts, FeedParseContext intake)
    {
        if (indicator.Kind == IndicatorKind.Unreadable)
        {
            intake.Refuse(place, $"'{ColumnMap.Short(text)}' is {indicator.Reason}");
            return;
        }

        intake.Add(indicator, place, facts);
    }

    private static long FirstOf(long preferred, long otherwise) => preferred > 0 ? preferred : otherwise;

    /// <summary>The first malware galaxy cluster the event is tagged with, as MISP writes it; empty where
    /// there is none.</summary>
    private static string Family(JsonElement misp)
    {
        foreach (var tag in misp.Each("Tag"))
        {
            var name = tag.Text("name");
            var quote = name.IndexOf('"', StringComparison.Ordinal);
            if (quote > 0 && name.StartsWith("misp-galaxy:", StringComparison.Ordinal)
                && (name.Contains("malware", StringComparison.Ordinal)
                    || name.Contains("malpedia", StringComparison.Ordinal)
                    || name.Contains("botnet", StringComparison.Ordinal)
                    || name.Contains("rat=", StringComparison.Ordinal)))
            {
                return name[(quote + 1)..].TrimEnd('"');
            }
        }

        return "";
    }
}
