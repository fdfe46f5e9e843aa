// SPDX-License-Identifier: Apache-2.0
//
// Once a quarter is over its transparency report is written beside the other reports, once; what is there stays.
using System.Globalization;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing.Reading;
using Weir.Hosting.Files;

namespace Weir.Desk.Reporting.Transparency;

/// <summary>Writes <c>transparency-2026Q1.json</c> and <c>.html</c>. Run by the host; a round where nothing
/// is due reads nothing.</summary>
internal sealed class TransparencyWriter(
    string auditDirectory, PolicyProfile policy, string reportDirectory, TimeProvider time)
{
    public static TimeSpan Period { get; } = TimeSpan.FromHours(1);

    /// <summary>Looks whether the last quarter that is over has its report, and writes it.</summary>
    public Task WriteAsync(CancellationToken cancel) => Task.Run(Write, cancel);

    /// <summary>The quarter a time lies in.</summary>
    public static ReportWindow QuarterOf(DateTimeOffset at)
    {
        var from = new DateTimeOffset(
            at.UtcDateTime.Year, (((at.UtcDateTime.Month - 1) / 3) * 3) + 1, 1, 0, 0, 0, TimeSpan.Zero);
        return new(from, from.AddMonths(3));
    }

    private void Write()
    {
        var now = time.GetUtcNow();
        var quarter = QuarterOf(QuarterOf(now).From.AddTicks(-1));
        var name = string.Create(
            CultureInfo.InvariantCulture, $"transparency-{quarter.From:yyyy}Q{((quarter.From.Month - 1) / 3) + 1}");
        var (json, html) =
            (Path.Combine(reportDirectory, name + ".json"), Path.Combine(reportDirectory, name + ".html"));
        if (File.Exists(json) || !AuditReader.HasLog(auditDirectory)
            || !AuditReader.Entries(auditDirectory).Take(1).Any(first => first.At < quarter.Until))
        {
            return;
        }

        var report = TransparencyTally.CreateReport(auditDirectory, policy, quarter, now);
        AtomicFile.Write(html, TransparencyPage.Write(report));
        AtomicFile.Write(json, report.ToJson());
    }
}
