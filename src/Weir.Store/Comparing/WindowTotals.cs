// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.Comparing;

/// <summary>What a window held, whichever way packets went.</summary>
/// <param name="Subjects">Distinct subjects.</param>
/// <param name="Packets">Of both ways, scaled by sampling.</param>
/// <param name="Octets">Of both ways, scaled by sampling.</param>
public readonly record struct WindowTotals(long Subjects, long Packets, long Octets);
