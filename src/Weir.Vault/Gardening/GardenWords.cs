// SPDX-License-Identifier: Apache-2.0
using Weir.Escalating;

namespace Weir.Vault.Gardening;

/// <summary>The words of gardens, on the socket, in files and for programs.</summary>
internal static class GardenWords
{
    public static string Of(Garden garden) => garden switch
    {
        Garden.None => "none",
        Garden.Leaky => "leaky",
        Garden.Strict => "strict",
        _ => throw new ArgumentOutOfRangeException(nameof(garden), garden, null),
    };

    /// <exception cref="FormatException">It is no garden.</exception>
    public static Garden Parse(string word) => word switch
    {
        "none" => Garden.None,
        "leaky" => Garden.Leaky,
        "strict" => Garden.Strict,
        _ => throw new FormatException($"'{word}' is no garden: leaky, strict, or none to let the line out"),
    };
}
