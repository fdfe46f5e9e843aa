// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;

namespace Weir.Cli.Analysis;

/// <summary>Where the report goes: asked before the work, so that nobody waits for hours to learn that it
/// cannot be written.</summary>
internal static class OutputFolder
{
    /// <summary>Makes nothing; finds what stands in the way.</summary>
    public static void Check(string folder)
    {
        var nearest = folder;
        while (!Path.Exists(nearest) && Path.GetDirectoryName(nearest) is { } above)
        {
            nearest = above;
        }

        if (!Directory.Exists(nearest))
        {
            throw new OperatorException($"--out {folder} cannot be made: {nearest} is no folder; give another");
        }
    }

    public static ReportFiles Write(Report shaped, string folder)
    {
        try
        {
            return ReportFiles.Write(shaped, folder);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--out {folder} cannot be written: {fault.Message}", ExitCode.Failed);
        }
    }
}
