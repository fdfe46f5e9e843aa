// SPDX-License-Identifier: Apache-2.0
//
// STIX bundles (2.0 and 2.1) and the pages of a TAXII 2.1 server, which are envelopes {"more":…,"objects":[…]}. Objects
// may come in several versions over several pages: the latest `modified` counts, and a revoked one counts as gone. Only
// indicators become entries. Observed data and bare addresses are what somebody saw, not what somebody accuses.
//
// Standards: STIX 2.1 §4.7 (indicator), §3.6 (versioning), TAXII 2.1 §3.7 (envelope).
using System.Text.Json;
using Weir.Contracts.Lists;

namespace Weir.Desk.Lists.Feeds.Stix;

internal sealed class StixBundle(FeedParseContext intake)
{
    private const int IndicatorOctets = 500;
    private const int TermOctets = 80;

    private readonly Dictionary<string, Known> _indicators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _malware = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _indicates = new(StringComparer.Ordinal);

    /// <summary>Whether something is an object of STIX: a type, and an identifier of that type.</summary>
    public static bool IsObject(JsonElement item) => item.Text("type") is { Length: > 0 } type
        && item.Text("id").StartsWith(type + "--", StringComparison.Ordinal);

    /// <summary>Takes one object.</summary>
    public void AddObject(JsonElement item, string place)
    {
        var type = item.Text("type");
        var id = item.Text("id");
        switch (type)
        {
            case "indicator" when id.Length > 0:
                AddIndicator(id, item);
                break;
            case "malware" or "tool" or "campaign" or "intrusion-set":
                intake.Keep(TermOctets + (2 * id.Length));
                _malware[id] = item.Text("name") is { Length: > 120 } name ? name[..120] : item.Text("name");
                break;
            case "relationship" when item.Text("relationship_type") == "indicates":
                var (from, to) = (item.Text("source_ref"), item.Text("target_ref"));
                intake.Keep(TermOctets + (2 * (from.Length + to.Length)));
                _indicates.TryAdd(from, to);
                break;
            case "":
            case "indicator":
                intake.Refuse(place, "an object without type or id");
                break;
            default:
                intake.Ignore(type.Length > 40 ? "object of another type" : type);
                break;
        }
    }

    /// <summary>Turns the latest version of every indicator into entries.</summary>
    public void Close()
    {
        foreach (var (id, known) in _indicators)
        {
            AddEntries(id, known);
        }
    }

    /// <summary>What is kept of an indicator.</summary>
    /// <param name="ModifiedMs">Of this version.</param>
    /// <param name="Dropped">Why it gives no entry; null where it does.</param>
    /// <param name="Pattern">As read; null where it gives none.</param>
    /// <param name="Facts">Of its entries.</param>
    private sealed record Known(
        long ModifiedMs, string? Dropped, StixPatternResult? Pattern, FeedEntryAttributes Facts);

    private void AddIndicator(string id, JsonElement item)
    {
        var modified = FeedEntryAttributes.Time(item.Text("modified"));
        var isKnown = _indicators.TryGetValue(id, out var known);
        if (isKnown)
        {
            intake.Ignore("older version of an indicator");
        }

        if (isKnown && modified < known!.ModifiedMs)
        {
            return;
        }

        var dropped = DropReason(item);
        var pattern = dropped is null ? StixPattern.Read(item.Text("pattern")) : null;
        intake.Keep(IndicatorOctets + (2 * id.Length) + (TermOctets * (pattern?.Terms.Count ?? 0)));
        _indicators[id] = new(modified, dropped, pattern, FactsOf(item));
    }

    private static string? DropReason(JsonElement item)
    {
        if (item.IsTrue("revoked"))
        {
            return "revoked";
        }

        if (!FeedEntryAttributes.TryEnd(item.Text("valid_until")))
        {
            return "valid_until that is no time";
        }

        if (item.Text("pattern_type") is var language && language is not ("" or "stix"))
        {
            return language.Length > 40 ? "pattern of another language" : $"{language} pattern";
        }

        if (item.Each("labels")
            .Any(label => label.ValueKind == JsonValueKind.String && label.Plain() == "misp:to_ids=\"False\""))
        {
            return "not meant for detection (to_ids)";
        }

        // STIX 2.1 §10.9: benign is not suspicious, whatever else is said beside it; who goes by a proxy or Tor, and
        // nothing else is said, is anonymous and no more. STIX 2.0 (part 2 §2.5) says the same in its labels.
        var kinds = Kinds(item, "indicator_types");
        kinds = kinds.Count > 0 ? kinds : Kinds(item, "labels");
        return kinds.Contains("benign") || Kinds(item, "labels").Contains("false-positive") ? "benign indicator"
            : kinds.Count > 0 && kinds.TrueForAll(kind => kind == "anonymization") ? "anonymization, no C&C"
            : null;
    }

    private static List<string> Kinds(JsonElement item, string property) =>
        [.. item.Each(property).Where(kind => kind.ValueKind == JsonValueKind.String)
            .Select(kind => kind.Plain().ToLowerInvariant())];

    private void AddEntries(string id, Known known)
    {
        if (known.Pattern is not { } reading)
        {
            intake.Ignore(known.Dropped!);
            return;
        }

        foreach (var fault in reading.Faults)
        {
            intake.Refuse(id, $"pattern {fault}");
        }

        if (reading.Terms.Count == 0 && reading.Faults.Count == 0)
        {
            intake.Ignore(reading.Others.Count == 0 ? "no pattern"
                : string.Join(" and ", reading.Others) is { Length: <= 60 } others ? others
                : "other things");
        }

        var facts = known.Facts;
        facts.Family = _indicates.TryGetValue(id, out var target) ? _malware.GetValueOrDefault(target, "") : "";
        foreach (var term in reading.Terms)
        {
            facts.Role = term.IsSource ? ListRole.Attacker : null;
            intake.Add(term.What, id, facts);
        }
    }

    private static FeedEntryAttributes FactsOf(JsonElement item)
    {
        var from = FeedEntryAttributes.Time(item.Text("valid_from"));
        return new FeedEntryAttributes
        {
            FirstMs = from,
            ValidFromMs = from,
            ExpiresMs = FeedEntryAttributes.Time(item.Text("valid_until")),
            Confidence = item.Number("confidence") is >= 0 and <= 100 and var confidence ? (int)confidence : -1,
        };
    }
}
