// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;

namespace Weir.Desk.Reporting.Html;

/// <summary>Where a report lies on disk.</summary>
/// <param name="Json">report.json.</param>
/// <param name="Html">report.html.</param>
internal readonly record struct ReportFiles(string Json, string Html)
{
    /// <summary>Writes both files of a shaped report, each whole or not at all, the page first, so that who waits for
    /// report.json finds both.</summary>
    public static ReportFiles Write(Report shaped, string folder)
    {
        var files = new ReportFiles(Path.Combine(folder, "report.json"), Path.Combine(folder, "report.html"));
        AtomicFile.Write(files.Html, ReportPage.Write(shaped));
        AtomicFile.Write(files.Json, ReportJson.Write(shaped));
        return files;
    }
}
