// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Desk.Api.Changes;
using Weir.Desk.Api.Overview;

namespace Weir.Desk.Api;

/// <summary>The closed list of what can change.</summary>
internal static class ChangeTopics
{
    /// <summary>Figures that move all the time are news twice a minute.</summary>
    private static readonly TimeSpan Rates = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<ChangeTopic> Of(ApiDependencies parts)
    {
        var exporters = new ExporterView(parts.Collectors);
        long Cases() => parts.Cases.LatestStep;
        long Approvals() => ChangeFeed.Of(parts.Cases.Asked);
        long Blocks() => ChangeFeed.Of(parts.Blocks.Blocks.Leases);
        long Exporters() => ChangeFeed.OfTexts(exporters.Read().Exporters.Select(one => $"{one.Exporter} {one.State}"));
        long Health() => ChangeFeed.OfTexts(parts.Health.Read().Parts.Select(one =>
            $"{one.Part} {one.Health.State} {one.Health.Reason}"));
        long Lists() => ChangeFeed.OfTexts([
            .. parts.ListSet.Read().Select(one => string.Create(
                CultureInfo.InvariantCulture, $"{one.Name} {one.Entries} {one.Fault} {one.AsOf:O} {one.IsTooOld}")),
            .. parts.ListSet.Fetching.Held().Select(one => $"{one.Source.Name} {one.Held.AskedBy} {one.Held.DroppedBy}"),
            .. parts.Cases.Networks.Select(one => $"{one.Name} {one.State} {one.IsTold}"),
        ]);

        // Everybody is told of it: that a case, an approval or a block changed is for who may list them. It comes first in
        // a round, and the three that it is made of are read there once.
        long exporting = 0, healthy = 0, listed = 0;
        long Now()
        {
            (exporting, healthy, listed) = (Exporters(), Health(), Lists());
            return HashCode.Combine(exporting, healthy, listed, parts.Time.GetUtcNow().UtcTicks / Rates.Ticks);
        }

        return
        [
            new("now", "GET now", Now), new("cases", "GET cases", Cases), new("approvals", "GET approvals", Approvals),
            new("blocks", "GET blocks", Blocks), new("notices", "GET notices", () => parts.Notices.Book.Changes),
            new("exporters", "GET exporters", () => exporting), new("lists", "GET lists", () => listed),
            new("health", "GET health", () => healthy),
            new("comparisons", "GET comparisons", () => ChangeFeed.OfTexts(parts.Runs.Ids())),
        ];
    }
}
