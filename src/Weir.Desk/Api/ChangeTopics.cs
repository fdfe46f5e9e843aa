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
        long Cases() => ChangeFeed.Of(parts.Cases.Files);
        long Approvals() => ChangeFeed.Of(parts.Cases.Asked);
        long Blocks() => ChangeFeed.Of(parts.Blocks.Blocks.Leases);
        long Exporters() => ChangeFeed.OfTexts(exporters.Read().Exporters.Select(one => $"{one.Exporter} {one.State}"));
        long Health() => ChangeFeed.OfTexts(parts.Health.Read().Parts.Select(one =>
            $"{one.Part} {one.Health.State} {one.Health.Reason}"));
        long Lists() => ChangeFeed.OfTexts([
            .. parts.ListSet.Read().Select(one => string.Create(
                CultureInfo.InvariantCulture, $"{one.Name} {one.Entries} {one.Fault} {one.AsOf:O} {one.IsTooOld}")),
            .. parts.ListSet.Fetching.Held().Select(one => $"{one.Source.Name} {one.Held.AskedBy} {one.Held.DroppedBy}"),
            .. parts.Cases.Networks.Select(one => $"{one.Network} {one.State} {one.IsTold}"),
        ]);

        // Everybody is told of it: that a case, an approval or a block changed is for who may list them.
        long Now() => HashCode.Combine(
            Exporters(), Health(), Lists(), parts.Time.GetUtcNow().UtcTicks / Rates.Ticks);
        return
        [
            new("now", "GET now", Now), new("cases", "GET cases", Cases), new("approvals", "GET approvals", Approvals),
            new("blocks", "GET blocks", Blocks), new("notices", "GET notices", () => ChangeFeed.Of(parts.Notices.All)),
            new("exporters", "GET exporters", Exporters), new("lists", "GET lists", Lists),
            new("health", "GET health", Health),
            new("comparisons", "GET comparisons", () => ChangeFeed.OfTexts(parts.Runs.Ids())),
        ];
    }
}
