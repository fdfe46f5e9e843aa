// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.AccessControl;

/// <summary>The words of gardens, on the socket, in files and for programs.</summary>
public static class WalledGardenNames
{
    /// <summary>The word of a garden.</summary>
    public static string ToName(WalledGarden garden) => garden switch
    {
        WalledGarden.None => "none",
        WalledGarden.Leaky => "leaky",
        WalledGarden.Strict => "strict",
        _ => throw new ArgumentOutOfRangeException(nameof(garden), garden, null),
    };

    /// <summary>The garden of a word.</summary>
    /// <exception cref="FormatException">It is no garden.</exception>
    public static WalledGarden Parse(string word) => word switch
    {
        "none" => WalledGarden.None,
        "leaky" => WalledGarden.Leaky,
        "strict" => WalledGarden.Strict,
        _ => throw new FormatException($"'{word}' is no garden: leaky, strict, or none to let the line out"),
    };
}
