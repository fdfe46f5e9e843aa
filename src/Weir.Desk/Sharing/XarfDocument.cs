// SPDX-License-Identifier: Apache-2.0
//
// A XARF report to the network in which a C&C stands: one endpoint a report, of category infrastructure and type
// botnet, which is what the standard has for the machinery of a botnet. The evidence is when it was seen and how many
// lines, as a band; no flow and no line is in it.
//
// Standards: XARF 4.2 (xarf.org), core schema and infrastructure/botnet, for which compromise_evidence is required.
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Desk.Sharing;

/// <summary>Writes reports.</summary>
public static class XarfDocument
{
    /// <summary>The report of one endpoint; the same report has the same number.</summary>
    public static JsonObject Create(SharedEndpoint shared, Sharer sharer, Tlp tlp)
    {
        var who = new JsonObject { ["org"] = sharer.Name, ["contact"] = sharer.Contact, ["domain"] = sharer.Domain };
        var summary = $"C&C {shared.Endpoint}\nfirst seen {Time(shared.First)}\nlast seen {Time(shared.Last)}\nlines "
            + $"{shared.Lines}\n{shared.Provenance}\n";
        var octets = Encoding.UTF8.GetBytes(summary);
        var report = new JsonObject
        {
            ["xarf_version"] = "4.2.0",
            ["report_id"] = NamedUuid.AsDrawn($"xarf {sharer.Domain} {shared.Endpoint} {Time(shared.Last)}").ToString(),
            ["timestamp"] = Time(shared.Last),
            ["reporter"] = who,
            ["sender"] = who.DeepClone(),
            ["source_identifier"] = shared.Endpoint.Address.ToString(),
            ["category"] = "infrastructure",
            ["type"] = "botnet",
            ["evidence_source"] = "flow_analysis",
            ["compromise_evidence"] =
                "Flows of lines of our network with a confirmed command and control endpoint, answered by it.",
            ["c2_server"] = shared.Endpoint.Address.ToString(),
            ["protocol"] = Protocols.ToName(shared.Endpoint.Protocol),
            ["first_seen"] = Time(shared.First),
            ["last_seen"] = Time(shared.Last),
            ["confidence"] = Math.Round(shared.Confidence / 100.0, 2),
            ["description"] = shared.Provenance,
            ["evidence"] = new JsonArray(new JsonObject
            {
                ["content_type"] = "text/plain",
                ["description"] = "When it was seen and how many lines, as a band",
                ["payload"] = Convert.ToBase64String(octets),
                ["hash"] = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(octets))}",
                ["size"] = octets.Length,
            }),
            ["tags"] = new JsonArray(
                "botnet:command-and-control",
                string.Create(CultureInfo.InvariantCulture, $"tlp:{tlp.ToString().ToLowerInvariant()}")),
        };
        if (shared.Endpoint.Port != 0)
        {
            report["source_port"] = (int)shared.Endpoint.Port;
        }

        if (shared.Endpoint.Protocol is Protocols.Tcp or Protocols.Udp)
        {
            report["c2_protocol"] = Protocols.ToName(shared.Endpoint.Protocol);
        }

        if (shared.Family.Length > 0)
        {
            report["malware_family"] = shared.Family;
        }

        return report;
    }

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
