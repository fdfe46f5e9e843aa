// SPDX-License-Identifier: Apache-2.0
//
// What a JSON document is as a list: STIX objects, MISP events or attributes, a MISP warninglist, or rows: an array of
// them, one of a known name in an answer ({"data":[…]}), or one under each number, as ThreatFox exports by id
// ({"1234":[{…}]}). Anything else is refused by name.
using System.Text.Json;
using Weir.Desk.Lists.Feeds.Stix;

namespace Weir.Desk.Lists.Feeds.Json;

/// <summary>One document of a list.</summary>
/// <param name="place">Of the document, for messages.</param>
/// <param name="intake">Takes what it holds.</param>
/// <param name="stix">Takes its STIX objects.</param>
internal sealed class JsonList(string place, FeedParseContext intake, StixBundle stix) : IJsonItemHandler
{
    private const string File = "file";

    /// <summary>Members under which answers of services hold their rows.</summary>
    private static readonly string[] Rows = ["data", "results", "iocs", "indicators"];

    private readonly List<string> _list = [];
    private string? _type;
    private bool _hasName;
    private bool _isKnown;
    private bool _isStix;
    private bool _hasMore;
    private bool _isManifest;
    private bool _isIndex;
    private int _named;
    private int _other;

    /// <summary>Reads a document. Of one that is damaged behind what was taken nothing counts.</summary>
    public static void Read(Stream text, string place, FeedParseContext intake, StixBundle stix)
    {
        var list = new JsonList(place, intake, stix);
        var items = new JsonItems(text, intake.Options.Path, list);
        try
        {
            items.Read();
            list.Close();
        }
        catch (Exception fault) when (JsonText.IsDamage(fault))
        {
            var where = fault is JsonException { LineNumber: { } line } ? $"damaged JSON at line {line + 1}" : "damaged JSON";
            intake.Refuse(place, where);
            intake.IsDamaged = true;
        }
    }

    public bool HoldsEntries(string parent, string name) =>
        parent.Length == 0
            ? name is "objects" or "Attribute" or "response" or "list" || Rows.Contains(name, StringComparer.Ordinal)
                || IsNumber(name)
            : parent == "response" && name == "Attribute";

    public void OnArray(string name)
    {
        _isKnown |= name is "" or "objects" or "Attribute" or "response";
        _isStix |= name == "objects";
        intake.Format = name switch
        {
            "objects" => intake.Format,
            "Attribute" or "response" => "misp",
            _ => "json",
        };
    }

    public void OnName(string parent, string name)
    {
        _hasMore |= parent.Length == 0 && name == "more";
        _isManifest |= Guid.TryParse(parent, out _) && name is "info" or "Orgc";
        _isIndex |= parent == "bundles";
        var isNamed = parent == "bundles" || (parent.Length == 0 && name.Contains("--", StringComparison.Ordinal));
        _named += isNamed ? 1 : 0;
        _other += isNamed ? 0 : 1;
    }

    public void OnText(string name, string value)
    {
        _type = name == "type" ? value : _type;
        _hasName |= name == "name";
    }

    public void OnItem(string array, JsonElement item, int number)
    {
        try
        {
            Take(array, item, number);
        }
        catch (Exception fault) when (JsonText.IsDamage(fault))
        {
            intake.Refuse($"{place} item {number}", "damaged JSON");
        }
    }

    private void Take(string array, JsonElement item, int number)
    {
        switch (array)
        {
            case JsonItems.Event:
                Misp(() => MispFeed.ReadEvent(item, place, intake));
                break;
            case "objects":
            case "" when StixBundle.IsObject(item):
                _isStix = true;
                stix.AddObject(item, $"{place} object {number}");
                break;
            case "Attribute":
                Misp(() => MispFeed.ReadAttribute(item, $"{place} attribute {number}", intake));
                break;
            case "" or "response" when item.TryGet(JsonItems.Event, out var inner):
                Misp(() => MispFeed.ReadEvent(inner, place, intake));
                break;
            case "response":
                intake.Refuse($"{place} item {number}", "an item without Event");
                break;
            case "list":
                var text = item.ValueKind == JsonValueKind.String ? item.Plain() : "";
                intake.Keep(64 + (2 * text.Length));
                _list.Add(text);
                break;
            default:
                AddRow(item, place == File ? $"item {number}" : $"{place} item {number}");
                break;
        }
    }

    /// <summary>A row; one that is a report of several (OTX) has them below.</summary>
    private void AddRow(JsonElement item, string where)
    {
        _isKnown = true;
        if (item.Each("indicators").Any())
        {
            foreach (var row in item.Each("indicators"))
            {
                JsonLines.AddRow(row, where, intake);
            }
        }
        else
        {
            JsonLines.AddRow(item, where, intake);
        }
    }

    private void Misp(Action read)
    {
        (_isKnown, intake.Format) = (true, "misp");
        read();
    }

    private void Close()
    {
        if (_list.Count > 0 && _type is not null && _hasName)
        {
            intake.Format = "misp-warninglist";
            MispFeed.ReadWarninglist(_type, _list, intake);
        }
        else if (_isStix || (_hasMore && _type is null && !_isKnown))
        {
            // An envelope without "type" is a TAXII page; an empty one may lack "objects".
            intake.Format = _type is not null ? "stix" : "taxii";
        }
        else if (_isManifest)
        {
            intake.Format = "misp";
            intake.Refuse(place, "a manifest alone; name its folder");
        }
        else if (!_isKnown && _named > 0 && (_isIndex || _other == 0))
        {
            // Index files beside the pages: identifiers and addresses of bundles, no objects.
            intake.Format = intake.Format is "unknown" ? "stix-index" : intake.Format;
            intake.Ignore("object named without content", _named);
        }
        else if (!_isKnown)
        {
            intake.Format = "unknown";
            intake.Refuse(place, "JSON of no known list format");
        }
    }

    private static bool IsNumber(string name) => name.Length > 0 && name.All(char.IsAsciiDigit);
}
