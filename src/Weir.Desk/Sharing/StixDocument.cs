// SPDX-License-Identifier: Apache-2.0
//
// A STIX 2.1 bundle: who shares, the TLP marking, and for each endpoint an indicator, its infrastructure with the
// address, and a sighting. Ids are named (UUIDv5), so the same endpoint has the same ids in the next bundle, whose
// objects are later versions of these: they were created when the names were laid down, and modified when the bundle
// was made.
//
// Standards: STIX 2.1 sections 2.9, 3.6, 4.5, 4.7, 4.8, 5.1, 5.2, 6.8, 6.9, 7.2.1.
using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Desk.Sharing;

/// <summary>Writes bundles.</summary>
public static class StixDocument
{
    /// <summary>When the scheme of the names was laid down; an object's creation may not differ from version to version
    /// (section 3.6).</summary>
    private static readonly DateTimeOffset Named = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The bundle of endpoints.</summary>
    /// <param name="endpoints">Confirmed ones.</param>
    /// <param name="sharer">Who shares.</param>
    /// <param name="tlp">How far it may go on.</param>
    /// <param name="at">When it is made: the version of all that it says.</param>
    public static JsonObject Create(IReadOnlyList<SharedEndpoint> endpoints, Sharer sharer, Tlp tlp, DateTimeOffset at)
    {
        var identity = Id("identity", sharer.Domain);
        var marking = Marking(tlp);
        JsonArray objects =
        [
            marking.DeepClone(),
            new JsonObject
            {
                ["type"] = "identity",
                ["spec_version"] = "2.1",
                ["id"] = identity,
                ["created"] = Time(Named),
                ["modified"] = Time(at),
                ["name"] = sharer.Name,
                ["identity_class"] = "organization",
                ["sectors"] = new JsonArray("telecommunications"),
                ["contact_information"] = sharer.Contact,
            },
        ];
        foreach (var endpoint in endpoints)
        {
            foreach (var item in Objects(endpoint, sharer, identity, (string)marking["id"]!, at))
            {
                objects.Add(item);
            }
        }

        var content = string.Join('\n', endpoints.Select(e => e.Endpoint));
        return new JsonObject
        {
            ["type"] = "bundle",
            ["id"] = Id("bundle", $"{sharer.Domain} {tlp} {Time(at)}\n{content}"),
            ["objects"] = objects
        };
    }

    /// <summary>A pattern that names the far end of a conversation (STIX patterning, section 9 of STIX 2.1).</summary>
    public static string Pattern(Endpoint endpoint)
    {
        var port = endpoint.Port == 0
            ? ""
            : string.Create(CultureInfo.InvariantCulture, $" AND network-traffic:dst_port = {endpoint.Port}");
        return $"[network-traffic:dst_ref.type = '{AddressType(endpoint)}' AND network-traffic:dst_ref.value = "
            + $"'{endpoint.Address}'{port} AND network-traffic:protocols[*] = '{Protocols.ToName(endpoint.Protocol)}']";
    }

    private static IEnumerable<JsonObject> Objects(
        SharedEndpoint shared, Sharer sharer, string identity, string marking, DateTimeOffset at)
    {
        var name = $"{sharer.Domain} {shared.Endpoint}";
        var (indicator, infrastructure) = (Id("indicator", name), Id("infrastructure", name));
        var content = $"{{\"value\":\"{shared.Endpoint.Address}\"}}";
        var address = $"{AddressType(shared.Endpoint)}--{NamedUuid.Create(NamedUuid.Observables, content)}";

        var common = new CommonFields(identity, marking, at);
        yield return common.Make(
            "indicator", indicator,
            ("name", $"C&C {shared.Endpoint}"), ("description", shared.Provenance),
            ("indicator_types", new JsonArray("malicious-activity")), ("confidence", (int)shared.Confidence),
            ("pattern", Pattern(shared.Endpoint)), ("pattern_type", "stix"), ("pattern_version", "2.1"),
            ("valid_from", Time(shared.First)), ("valid_until", Time(shared.ValidUntil)));
        yield return common.Make(
            "infrastructure", infrastructure,
            ("name", $"C&C {shared.Endpoint}"),
            ("description", shared.Family.Length == 0 ? shared.Provenance : $"{shared.Family}. {shared.Provenance}"),
            ("infrastructure_types", new JsonArray("command-and-control")), ("first_seen", Time(shared.First)),
            ("last_seen", Time(shared.Last)));
        yield return new JsonObject
        {
            ["type"] = AddressType(shared.Endpoint),
            ["spec_version"] = "2.1",
            ["id"] = address,
            ["value"] = shared.Endpoint.Address.ToString(),
            ["object_marking_refs"] = new JsonArray(marking),
        };
        yield return common.Make(
            "relationship", Id("relationship", $"indicates {name}"), ("relationship_type", "indicates"),
            ("source_ref", indicator), ("target_ref", infrastructure));
        yield return common.Make(
            "relationship", Id("relationship", $"consists-of {name}"), ("relationship_type", "consists-of"),
            ("source_ref", infrastructure), ("target_ref", address));
        yield return common.Make(
            "sighting", Id("sighting", name),
            ("description", $"Lines that exchanged traffic with it: {shared.Lines}."),
            ("first_seen", Time(shared.First)), ("last_seen", Time(shared.Last)), ("sighting_of_ref", indicator),
            ("where_sighted_refs", new JsonArray(identity)), ("summary", true));
    }

    /// <summary>What every object of ours has (section 3.2).</summary>
    private readonly record struct CommonFields(string Identity, string Marking, DateTimeOffset At)
    {
        public JsonObject Make(string type, string id, params (string Key, JsonNode? Value)[] more)
        {
            var made = new JsonObject
            {
                ["type"] = type,
                ["spec_version"] = "2.1",
                ["id"] = id,
                ["created_by_ref"] = Identity,
                ["created"] = Time(Named),
                ["modified"] = Time(At),
                ["object_marking_refs"] = new JsonArray(Marking),
            };
            foreach (var (key, value) in more)
            {
                made[key] = value;
            }

            return made;
        }
    }

    /// <summary>The four that the standard itself defines (section 7.2.1.4); TLP:CLEAR is the one
    /// it calls white.</summary>
    private static JsonObject Marking(Tlp tlp)
    {
        var (word, id) = tlp switch
        {
            Tlp.Clear => ("white", "613f2e26-407d-48c7-9eca-b8e91df99dc9"),
            Tlp.Green => ("green", "34098fce-860f-48ae-8e50-ebd3cc5e41da"),
            Tlp.Amber => ("amber", "f88d31f6-486f-44da-b317-01333bde0b82"),
            Tlp.Red => ("red", "5e57c739-391a-4eb3-b6be-7d15ca92d5ed"),
            _ => throw new ArgumentOutOfRangeException(nameof(tlp), tlp, "Not a marking."),
        };
        return new JsonObject
        {
            ["type"] = "marking-definition",
            ["spec_version"] = "2.1",
            ["id"] = $"marking-definition--{id}",
            ["created"] = "2017-01-20T00:00:00.000Z",
            ["definition_type"] = "tlp",
            ["name"] = $"TLP:{word.ToUpperInvariant()}",
            ["definition"] = new JsonObject { ["tlp"] = word },
        };
    }

    private static string AddressType(Endpoint endpoint) => endpoint.Address.IsV4 ? "ipv4-addr" : "ipv6-addr";

    private static string Id(string type, string name) =>
        $"{type}--{NamedUuid.Create(NamedUuid.Ours, $"{type} {name}")}";

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
