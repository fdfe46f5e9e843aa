// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Collector.Corroborating;
using Weir.Hosting.Health;

namespace Weir.Collector.Decoding;

/// <summary>Exporters whose word is sealed for a reason that somebody has to look after.</summary>
internal static class StreamHealth
{
    /// <summary>Degraded while there is one: the first by its address, and why.</summary>
    public static ComponentHealth Read(IEnumerable<ExporterListing> exporters)
    {
        var doubted = exporters
            .Select(one => (
                one.Address, Word: one.Streams?.ToWord(one.LastSeenMs - one.FirstSeenMs, one.LastSeenMs) ?? "",
                Strays: one.Streams?.Strays ?? 0))
            .Where(one => one.Word is "contested" or "further" or "never").OrderBy(one => one.Address).ToList();
        return doubted.Count == 0 ? ComponentHealth.Ok : ComponentHealth.Degraded(string.Create(
            CultureInfo.InvariantCulture,
            $"{doubted.Count} exporters tell what is not corroborated; {doubted[0].Address}: "
                + $"{StreamFigures.Explain(doubted[0].Word, doubted[0].Strays)}"));
    }
}
