// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Reports;

/// <summary>Names of features, as report.json has them.</summary>
internal static class CommandFeatures
{
    public const string First = "first";
    public const string Precedes = "precedes";
    public const string Stays = "stays";
    public const string Regular = "regular";
    public const string Small = "small";
    public const string Alone = "alone";
    public const string Port = "port";
    public const string Family = "family";
    public const string Share = "share";
    public const string Neighbour = "neighbour";
    public const string Others = "others";
    public const string Campaign = "campaign";
}
