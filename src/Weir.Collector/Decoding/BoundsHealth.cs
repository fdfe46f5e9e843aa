// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Collector.Corroborating;
using Weir.Hosting.Health;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>What all exporters together may have us keep, for whoever looks after the collector: said once.</summary>
internal static class BoundsHealth
{
    /// <summary>A bound that is used up to so much is met.</summary>
    private const double Met = 0.99;

    /// <summary>Degraded while a bound is met.</summary>
    public static ComponentHealth Read(DecodingOptions decoding, CorroboratingOptions? corroborating)
    {
        var met = Bounds(decoding, corroborating).Where(one => IsFull(one.Budget))
            .Select(one => string.Create(CultureInfo.InvariantCulture, $"{one.Budget.Capacity} {one.What}")).ToList();
        return met.Count == 0 ? ComponentHealth.Ok : ComponentHealth.Degraded(
            $"exporters have more than is kept for all of them together: {string.Join(", ", met)}. Streams that have "
            + "their standing lose nothing; see with weir exporters who sends, and name narrower networks in "
            + "collecting.exporters");
    }

    /// <summary>Whether any bound is met.</summary>
    public static bool IsMet(DecodingOptions decoding, CorroboratingOptions? corroborating) =>
        Bounds(decoding, corroborating).Any(static one => IsFull(one.Budget));

    private static bool IsFull(SharedBudget budget) => budget.Held >= budget.Capacity * Met;

    /// <summary>Every bound, by what it counts.</summary>
    public static IEnumerable<(string What, SharedBudget Budget)> Bounds(
        DecodingOptions decoding, CorroboratingOptions? corroborating) =>
    [
        ("octets of data that wait for templates", decoding.Waiting),
        ("octets of doubtful data that wait for templates", decoding.DoubtedWaiting),
        ("fields of templates", decoding.TemplateFields),
        ("fields of templates of streams without standing", decoding.NewcomerFields),
        ("streams without standing that teach", decoding.Newcomers),
        .. corroborating is null ? [] : ((string, SharedBudget)[])[
            ("streams", corroborating.Streams), ("octets of first datagrams", corroborating.HeldOctets)],
    ];
}
