// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Braking;
using Weir.Wire;

namespace Weir.Desk.Cases.Records;

/// <summary>What the brake holds together: a listed network, or all that one edit of a list brought.</summary>
public readonly record struct HeldName
{
    private const string Edited = "update-";

    /// <summary>/24, of IPv6 /48; nothing for an edit.</summary>
    public Prefix Network { get; private init; }

    /// <summary>Number of the edit; 0 for a network.</summary>
    public int Edit { get; private init; }

    public static HeldName Of(Prefix network) => new() { Network = network };

    public static HeldName Of(int edit) => new() { Edit = edit };

    /// <summary>Reads one as it is written: 198.51.100.0/24 or update-17.</summary>
    public static bool TryParse(string? text, out HeldName name)
    {
        name = default;
        if (ListedNetwork.TryParse(text, out var network))
        {
            name = Of(network);
            return true;
        }

        if (text?.StartsWith(Edited, StringComparison.Ordinal) == true
            && int.TryParse(text.AsSpan(Edited.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var edit)
            && edit > 0)
        {
            name = Of(edit);
            return name.ToString() == text;
        }

        return false;
    }

    public override string ToString() =>
        Edit == 0 ? Network.ToString() : string.Create(CultureInfo.InvariantCulture, $"{Edited}{Edit}");
}
