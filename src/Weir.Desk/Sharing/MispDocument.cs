// SPDX-License-Identifier: Apache-2.0
//
// A MISP event with one attribute an endpoint, meant for detection. Numbers are named, so that MISP updates the event
// it has instead of making another.
//
// Standards: MISP core format (draft-dulaunoy-misp-core-format), sections 2.2 to 2.4; MISP taxonomy tlp.
using System.Globalization;
using System.Text.Json.Nodes;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Desk.Sharing;

/// <summary>Writes events.</summary>
public static class MispDocument
{
    /// <summary>The event of endpoints, as it is at a time.</summary>
    public static JsonObject Create(IReadOnlyList<SharedEndpoint> endpoints, Sharer sharer, Tlp tlp, DateTimeOffset at)
    {
        var org = new JsonObject { ["name"] = sharer.Name, ["uuid"] = Uuid($"org {sharer.Domain}") };
        JsonArray attributes = [];
        foreach (var shared in endpoints)
        {
            attributes.Add(Attribute(shared, sharer, at));
        }

        return new JsonObject
        {
            ["Event"] = new JsonObject
            {
                ["uuid"] = Uuid($"event {sharer.Domain} {tlp}"),
                ["info"] = $"Confirmed C&C endpoints seen by {sharer.Name}",
                ["date"] = at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                ["timestamp"] = Seconds(at),
                ["published"] = false,
                ["analysis"] = "2",
                ["threat_level_id"] = "2",
                ["distribution"] = Distribution(tlp),
                ["Orgc"] = org,
                ["Tag"] = new JsonArray(
                    new JsonObject { ["name"] = $"tlp:{ToName(tlp)}" }, new JsonObject { ["name"] = "PAP:GREEN" }),
                ["Attribute"] = attributes,
            },
        };
    }

    private static JsonObject Attribute(SharedEndpoint shared, Sharer sharer, DateTimeOffset at)
    {
        var port = shared.Endpoint.Port;
        return new JsonObject
        {
            ["uuid"] = Uuid($"attribute {sharer.Domain} {shared.Endpoint}"),
            ["type"] = port == 0 ? "ip-dst" : "ip-dst|port",
            ["category"] = "Network activity",
            ["value"] = port == 0
                ? shared.Endpoint.Address.ToString()
                : string.Create(CultureInfo.InvariantCulture, $"{shared.Endpoint.Address}|{port}"),
            ["to_ids"] = true,
            ["disable_correlation"] = false,
            ["distribution"] = "5",
            ["timestamp"] = Seconds(at),
            ["first_seen"] = Time(shared.First),
            ["last_seen"] = Time(shared.Last),
            ["comment"] = $"{Protocols.ToName(shared.Endpoint.Protocol)}. {shared.Provenance} Valid until "
                + $"{Time(shared.ValidUntil)}.{(shared.Family.Length == 0 ? "" : $" Family: {shared.Family}.")}",
        };
    }

    /// <summary>Never wider than the marking: own organisation, own community, connected ones, all. MISP knows
    /// no finer steps.</summary>
    private static string Distribution(Tlp tlp) => tlp switch { Tlp.Clear => "3", Tlp.Green => "1", _ => "0" };

    private static string ToName(Tlp tlp) => tlp switch
    {
        Tlp.Clear => "clear",
        Tlp.Green => "green",
        Tlp.Amber => "amber",
        Tlp.Red => "red",
        _ => throw new ArgumentOutOfRangeException(nameof(tlp), tlp, "Not a marking."),
    };

    private static string Uuid(string name) => NamedUuid.Create(NamedUuid.Ours, $"misp {name}").ToString();

    private static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'+00:00'", CultureInfo.InvariantCulture);
}
