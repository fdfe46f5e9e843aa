// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Console.Layout;

/// <summary>How pressing an exporter's state is.</summary>
internal static class ExporterShapes
{
    public static Shape Of(string state) => state switch
    {
        "up" => Shape.Well,
        "losing" or "clock" => Shape.Look,
        _ => Shape.Act,
    };
}
