// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Population;

/// <summary>Codes of <see cref="PopulationRefusal"/>, as they cross and stand on chains.</summary>
public static class PopulationRefusals
{
    public static string ToCode(PopulationRefusal refusal) => refusal switch
    {
        PopulationRefusal.PopulationTooSmall => "population-too-small",
        PopulationRefusal.BelowK => "below-k",
        PopulationRefusal.Unknown => "unknown",
        PopulationRefusal.WindowOpen => "window-open",
        PopulationRefusal.EndpointNotListed => "population-plane-only",
        PopulationRefusal.FiguresSpent => "figures-spent",
        PopulationRefusal.WindowErased => "window-erased",
        _ => throw new ArgumentOutOfRangeException(nameof(refusal), refusal, "Not a refusal."),
    };

    /// <summary>The refusal of a code.</summary>
    public static bool TryParse(string code, out PopulationRefusal refusal)
    {
        refusal = Array.Find(Enum.GetValues<PopulationRefusal>(), known => ToCode(known) == code);
        return refusal != 0;
    }
}
