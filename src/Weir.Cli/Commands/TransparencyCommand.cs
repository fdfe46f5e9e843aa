// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Analysis;
using Weir.Cli.Api;
using Weir.Cli.Configuring;
using Weir.Cli.Reporting;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Transparency;
using Weir.Hosting.Auditing;

namespace Weir.Cli.Commands;

/// <summary><c>weir report transparency</c>: how often Weir looked, why, and what it refused.</summary>
internal static class TransparencyCommand
{
    private sealed record Line(string Part, string Name, object Value);

    private static readonly ListingColumn<Line>[] Columns = [
        new("part", l => l.Part), new("name", l => l.Name), new("value", l => l.Value)];

    public static Command Create()
    {
        var config = ConfigOption.Create();
        var since = new Option<string?>("--since")
        {
            Description = "From this time on, UTC such as 2026-01-01T00:00:00Z. Default: the quarter's begin.",
            HelpName = "TIME"
        };
        var until =
            new Option<string?>("--until") { Description = "Before this time. Default: now.", HelpName = "TIME" };
        var output = new Option<string>("--output", "-o")
        {
            Description = "table (default), json, html, ndjson or csv.",
            DefaultValueFactory = _ => "table",
            HelpName = "FORMAT"
        };
        var command = new Command(
            "transparency",
            """
            Make the transparency report from the audit: causes, scopes, unmaskings, refusals, retention, audit heads. Nobody is named.

            Example: weir report transparency --config /etc/weir/weir.yaml --since 2026-01-01T00:00:00Z -o html > transparency.html
            """) { config, since, until, output };
        command.SetAction(async (parsed, cancel) =>
        {
            var settings = AuditLocationOptions.ConfigurationOf(ConfigOption.FileOf(parsed, config));
            using var log = await AuditCopy.OpenAsync(settings, cancel);
            return Write(
                settings with { Auditing = settings.Auditing with { Directory = log.Directory } },
                parsed.GetValue(since), parsed.GetValue(until), parsed.GetValue(output)!, TimeProvider.System,
                parsed.InvocationConfiguration.Output);
        });
        return command;
    }

    internal static int Write(
        WeirConfiguration settings, string? since, string? until, string format, TimeProvider time, TextWriter to)
    {
        var listing = format is "json" or "html" ? ListingFormat.Table : OutputOption.Read(format);
        var now = time.GetUtcNow();
        var window = new ReportWindow(
            Time("--since", since) ?? TransparencyWriter.QuarterOf(now).From, Time("--until", until) ?? now);
        if (window.From >= window.Until)
        {
            throw new OperatorException("--since must be before --until");
        }

        try
        {
            var report =
                TransparencyTally.CreateReport(settings.Auditing.Directory, PolicyRules.Of(settings), window, now);
            switch (format)
            {
                case "json":
                    to.Write(report.ToJson());
                    break;
                case "html":
                    to.Write(TransparencyPage.Write(report));
                    break;
                default:
                    Listing.Write(Lines(report), Columns, listing, to);
                    break;
            }

            return report.Audit.Sound ? ExitCode.Done : ExitCode.Failed;
        }
        catch (Exception fault) when (fault is AuditException or IOException or UnauthorizedAccessException)
        {
            throw new OperatorException(fault.Message, ExitCode.Unreadable);
        }
    }

    private static IEnumerable<Line> Lines(TransparencyReport report) =>
    [
        .. report.Triggers.Select(t => new Line("trigger", t.Name, t.Count)),
        new("scopes", "opened", report.Scopes.Opened),
        new("scopes", "renewed", report.Scopes.Renewed),
        new("scopes", "expired", report.Scopes.Expired),
        new("scopes", "sealed", report.Scopes.Sealed),
        new("scopes", "subjects", report.SubjectsScoped),
        new("cases", "closed", report.Scopes.CasesClosed),
        new("evidence", "reads", report.Evidence.Reads),
        new("evidence", "counts", report.Evidence.Counts),
        new("evidence", "refused", report.Evidence.Refused),
        new("evidence", "erasures", report.Evidence.Erasures),
        new("unmasking", "asked", report.Unmaskings.Asked),
        new("unmasking", "disclosed", report.Unmaskings.Disclosed),
        new("unmasking", "refused", report.Unmaskings.Refused),
        .. report.Refusals.Select(r => new Line("refusal", r.Name, r.Count)),
        new("blocks", "ordered", report.Blocks.Ordered),
        new("blocks", "in-force", report.Blocks.InForce),
        new("blocks", "overturned", report.Blocks.Overturned),
        new("notifications", "sent", report.Notifications),
        new("remediation", "ended", report.Remediation.Ended),
        new("remediation", "clean", report.Remediation.Clean),
        new("remediation", "not-known", report.Remediation.NotKnown),
        new("comparison", "runs", report.Comparisons.Runs),
        new("comparison", "permutedDiscoveries", report.Comparisons.PermutedDiscoveries),
        .. report.RuleVersions.Select(v => new Line("rule", v, "in use")),
        .. report.Retention.Select(r => new Line("retention", r.Name, r.Value)),
        new("audit", "entries", report.Audit.Entries),
        new("audit", "heads", report.Audit.Heads),
        new("audit", "sound", report.Audit.Sound),
        new("audit", $"head {report.Audit.LastHead.ToString(CultureInfo.InvariantCulture)}", report.Audit.LastHeadRoot),
    ];

    private static DateTimeOffset? Time(string option, string? text) =>
        AnalysisArguments.Instant(option, text) is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;
}
