// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Blocking;

/// <summary>What has to be done so that a backend holds the plan, and no more of ours: a pure function.</summary>
/// <param name="Missing">Planned and not there, or there and saying something else.</param>
/// <param name="Orphans">Ours and not planned.</param>
/// <param name="Held">Keys of what is planned and there as planned.</param>
public sealed record BlockDifference(
    IReadOnlyList<IPlannedBlock> Missing, IReadOnlyList<IHeldBlock> Orphans, IReadOnlySet<object> Held)
{
    /// <summary>Compares what should stand with what was read back.</summary>
    public static BlockDifference Between(IReadOnlyList<IPlannedBlock> plan, IReadOnlyList<IHeldBlock> ours)
    {
        var held = ours.DistinctBy(block => block.Key).ToDictionary(block => block.Key);
        var planned = plan.Select(block => block.Key).ToHashSet();
        var right = plan.ToLookup(block => held.TryGetValue(block.Key, out var there) && block.IsHeldAs(there));
        return new(
            [.. right[false]], [.. ours.Where(block => !planned.Contains(block.Key))],
            right[true].Select(block => block.Key).ToHashSet());
    }
}
