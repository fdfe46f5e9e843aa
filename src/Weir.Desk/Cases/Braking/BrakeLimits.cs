// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Cases.Braking;

/// <summary>What the brake lets become cases.</summary>
/// <param name="Lines">Lines of one listed network on a day; <see cref="int.MaxValue"/> for no brake.</param>
/// <param name="NewLines">Lines without a case that one edit brings on a day, over all of its entries.</param>
/// <param name="Settles">How long what an edit brought is counted, from its first contact on, before cases are opened.
/// </param>
public sealed record BrakeLimits(int Lines, int NewLines, TimeSpan Settles)
{
    /// <summary>No brake.</summary>
    public static readonly BrakeLimits None = new(int.MaxValue, int.MaxValue, TimeSpan.Zero);

    public bool IsOn => Lines < int.MaxValue;
}
