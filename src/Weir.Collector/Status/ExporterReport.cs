// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Admitting;
using Weir.Collector.Decoding;
using Weir.Hosting.Monitoring;

namespace Weir.Collector.Status;

/// <summary>One exporter as <c>weir exporters</c> lists it, of captures as of a running collector. Counts are since the
/// start.</summary>
/// <param name="Exporter">Its address.</param>
/// <param name="Protocols">Heard, joined with a comma.</param>
/// <param name="Datagrams">Received.</param>
/// <param name="Damaged">Of them, those that lost a part.</param>
/// <param name="Dropped">Of them, those of which no message could be read.</param>
/// <param name="Flows">Handed on.</param>
/// <param name="NotFlows">Well-formed records and samples that are none.</param>
/// <param name="Templates">Known.</param>
/// <param name="TemplateUnknown">Data sets that lack their template.</param>
/// <param name="TemplatesMissing">Domain and id of those templates.</param>
/// <param name="Lost">Messages or flow records missing by sequence.</param>
/// <param name="Late">Messages that came after their successors.</param>
/// <param name="Restarts">Times it booted anew.</param>
/// <param name="Sampling">Interval of its last flow.</param>
/// <param name="SamplingSource">Who told it.</param>
/// <param name="Rates">Every rate its flows were given, <c>INTERVAL:SOURCE</c>.</param>
/// <param name="ClockSkewSeconds">Our clock minus its.</param>
/// <param name="First">Its first datagram.</param>
/// <param name="Last">Its last datagram.</param>
/// <param name="Counts">What became of records beside their flows.</param>
/// <param name="Faults">By the rule that was broken.</param>
/// <param name="Standing">Whether its word is corroborated, as <see cref="Corroborating.StreamFigures.ToWord"/> says
/// it; empty where nobody asks.</param>
/// <param name="Strays">Messages that continued no stream of it.</param>
public sealed record ExporterReport(
    string Exporter, string Protocols, long Datagrams, long Damaged, long Dropped, long Flows, long NotFlows,
    int Templates, long TemplateUnknown, IReadOnlyList<string> TemplatesMissing, long Lost, long Late, long Restarts,
    uint Sampling, string SamplingSource, IReadOnlyList<string> Rates, double ClockSkewSeconds, DateTimeOffset? First,
    DateTimeOffset? Last, ExporterCounts Counts, IReadOnlyDictionary<string, long> Faults, string Standing, long Strays)
{
    /// <summary>How it sends: <c>udp</c>, <c>tcp</c> or <c>tls</c>.</summary>
    public string Transport { get; init; } = "udp";

    /// <summary>How its sequence counts where it does not count what the protocol says; empty where it does.</summary>
    public string Numbering { get; init; } = "";

    /// <summary>What lacks its template by observation domain, most sets first.</summary>
    public IReadOnlyList<DomainUnread> UnreadDomains { get; init; } = [];

    public static ExporterReport From(ExporterListing one)
    {
        return new(
            one.Address.ToString(), one.Protocols, one.Datagrams, one.Damaged, one.Dropped, one.Flows, one.NotFlows,
            one.Templates, one.UnknownTemplateSets, one.UnknownTemplates, one.Lost, one.Late, one.Restarts,
            one.SamplingInterval, SourceOf(one.SamplingSource),
            [.. one.SeenRates.Select(rate => string.Create(
                CultureInfo.InvariantCulture, $"{rate.Interval}:{SourceOf(rate.Source)}"))],
            one.ClockSkewMs / 1_000.0, Time(one.FirstSeenMs), Time(one.LastSeenMs), one.Counts, one.Faults,
            one.Transport == ExportTransport.Tls ? "corroborated"
                : one.Streams?.ToWord(one.LastSeenMs - one.FirstSeenMs, one.LastSeenMs) ?? "",
            one.Streams?.Strays ?? 0)
        {
            Transport = one.Transport.ToString().ToLowerInvariant(),
            Numbering = one.Numbering,
            UnreadDomains = one.UnreadDomains,
        };
    }

    /// <summary>Who told a rate, in a word.</summary>
    public static string SourceOf(SamplingSource source) => source switch
    {
        Decoding.SamplingSource.Options => "options",
        Decoding.SamplingSource.Header => "header",
        Decoding.SamplingSource.Record => "record",
        Decoding.SamplingSource.Configuration or Decoding.SamplingSource.Default => "configuration",
        _ => "none",
    };

    /// <summary>Reads a page; null where it is none.</summary>
    public static HeardExporters? Parse(string page)
    {
        try
        {
            return JsonSerializer.Deserialize(page, ExporterReportJson.Default.HeardExporters);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DateTimeOffset? Time(long milliseconds) =>
        milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}

/// <summary>A sender whose datagrams are not decoded, or connections not taken.</summary>
/// <param name="Sender">Its address; <c>other</c> for all that are not told one by one.</param>
/// <param name="Reason">As <see cref="KnownExporters.ToName"/> has it.</param>
/// <param name="Datagrams">How many; over TCP and TLS connections.</param>
/// <param name="Last">When the last came.</param>
public sealed record UnlistedReport(string Sender, string Reason, long Datagrams, DateTimeOffset Last)
{
    /// <summary>The key that it showed last and that its row does not name; empty for none.</summary>
    public string Key { get; init; } = "";
}

/// <summary>What the page of a collector says.</summary>
/// <param name="Heard">Exporters that are decoded.</param>
/// <param name="Unlisted">Senders that are not.</param>
public sealed record HeardExporters(IReadOnlyList<ExporterReport> Heard, IReadOnlyList<UnlistedReport> Unlisted);

/// <summary>The page of exporters, made when somebody asks.</summary>
internal sealed class ExporterPage(Pipeline pipeline, KnownExporters? known = null) : IExporterPage
{
    public string Write() => JsonSerializer.Serialize(
        new HeardExporters(
            [.. pipeline.Exporters().Where(one => one.Datagrams > 0)
                .OrderBy(one => one.Address).Select(ExporterReport.From)],
            [.. (known?.List() ?? []).Select(one => new UnlistedReport(
                one.Address?.ToString() ?? "other", KnownExporters.ToName(one.Fault), one.Datagrams,
                DateTimeOffset.FromUnixTimeMilliseconds(one.LastMs)) { Key = one.Key })]),
        ExporterReportJson.Default.HeardExporters);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(HeardExporters))]
internal sealed partial class ExporterReportJson : JsonSerializerContext;
