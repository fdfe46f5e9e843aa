// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Lists;

/// <summary>Our own list.</summary>
public static class PromotedList
{
    /// <summary>Name of the list that promoted endpoints stand on.</summary>
    public const string Name = "promoted";
}
