// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;

namespace Weir.Cli.Analysis;

/// <summary>Where the report goes: asked before the work, so that nobody waits for hours to learn that it
/// cannot be written.</summary>
internal static class OutputFolder
{
    /// <summary>Leaves nothing behind; finds what stands in the way, also where this user may not write.</summary>
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

        try
        {
            using var probe = new FileStream(
                Path.Combine(nearest, $".weir-{Path.GetRandomFileName()}"), FileMode.CreateNew, FileAccess.Write,
                FileShare.None, 1, FileOptions.DeleteOnClose);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(
                $"--out {folder} cannot be written: {fault.Message.TrimEnd('.')}; nothing was read yet, give another",
                ExitCode.Failed);
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
