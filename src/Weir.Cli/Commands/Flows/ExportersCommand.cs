// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Analysis;
using Weir.Cli.Processes;
using Weir.Cli.Reporting;
using Weir.Collector.Decoding;
using Weir.Collector.Status;

namespace Weir.Cli.Commands.Flows;

/// <summary><c>weir exporters</c>: who exports, how much of it is sound, how it samples. Of captures, of a running
/// collector, or of what one kept.</summary>
internal static class ExportersCommand
{
    private static readonly ListingColumn<ExporterReport>[] Heard =
    [
        new("exporter", e => e.Exporter),
        new("protocols", e => e.Protocols),
        new("transport", e => e.Transport, ColumnUse.Detail),
        new("datagrams", e => e.Datagrams),
        new("bad", e => e.Damaged + e.Dropped, ColumnUse.Brief),
        new("damaged", e => e.Damaged, ColumnUse.Detail),
        new("dropped", e => e.Dropped, ColumnUse.Detail),
        new("flows", e => e.Flows),
        new("notFlows", e => e.NotFlows),
        new("templates", e => e.Templates, ColumnUse.Detail),
        new("templateUnknown", e => e.TemplateUnknown, ColumnUse.Detail),
        new("templatesMissing", e => string.Join(' ', e.TemplatesMissing), ColumnUse.Detail),
        new("unreadDomains", e => string.Join("; ", ExporterNotes.UnreadOf(e)), ColumnUse.Detail),
        new("lost", e => e.Lost),
        new("late", e => e.Late),
        new("restarts", e => e.Restarts),
        new("sampling", e => e.Sampling, ColumnUse.Detail),
        new("samplingSource", e => e.SamplingSource, ColumnUse.Detail),
        new("rates", e => string.Join(' ', e.Rates)),
        new("clockSkewSeconds", e => e.ClockSkewSeconds, ColumnUse.Detail),
        new("first", e => e.First, ColumnUse.Detail),
        new("last", e => e.Last, ColumnUse.Detail),
        new("standing", e => e.Standing),
        new("strays", e => e.Strays, ColumnUse.Detail),
        new("counts", e => string.Join("; ", ExporterNotes.CountsOf(e.Counts)), ColumnUse.Detail),
        new("faults", e => string.Join("; ", e.Faults.Select(
            f => string.Create(CultureInfo.InvariantCulture, $"{f.Value} {f.Key}"))), ColumnUse.Detail),
    ];

    private static readonly ListingColumn<SavedExporter>[] Saved =
    [
        new("exporter", e => e.Address),
        new("templates", e => e.Templates.Count),
        new("rates", e => e.Rates.Count),
        new("sampling", e => string.Join(' ', e.Rates.Select(r => r.Said.Interval).Distinct())),
        new("learnt", e => e.Templates.Count == 0 ? null
            : DateTimeOffset.FromUnixTimeMilliseconds(e.Templates.Max(t => t.LearntAtMs))),
    ];

    public static Command Create()
    {
        var inputs = InputArgument.Create("Captures or payload files.", ArgumentArity.ZeroOrMore);
        var state = new Option<string?>("--state")
        {
            Description = "The file in which a running Weir keeps what exporters taught it (decoding.template-file).",
            HelpName = "FILE"
        };
        var config = ConfigOption.Create();
        config.Description =
            "Configuration of a running Weir: lists the exporters its collector hears; where it does not "
            + "answer, those its template file holds.";
        var output = OutputOption.Create();
        var command = new Command(
            "exporters",
            """
            List who exports: protocols, datagrams, damage, flows, loss by sequence, late messages, restarts and every sampling rate with who told it; under the table what else became of the records, by reason, and the templates that are missing. json, ndjson and csv have every figure. Of a running collector also who sends and is not decoded, with the lines of the configuration that would name them.

            Example: weir exporters --config /etc/weir/weir.yaml
            """) { inputs, state, config, output };
        command.SetAction(async (parsed, cancel) =>
        {
            var (to, notes) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
            var format = OutputOption.Read(parsed, output);
            var paths = parsed.GetValue(inputs) ?? [];
            var saved = parsed.GetValue(state);
            var file = ExporterDiscovery.ConfigurationOf(paths, saved, parsed.GetValue(config));
            if (paths.Length == 0 && saved is null && file is not null)
            {
                if (ConfigOption.Read(parsed, config) is not { } settings)
                {
                    return ConfigOption.BadConfiguration;
                }

                var answer = await ProcessStatus.ExportersAsync(
                    new ProcessPlaces(settings, isSupervised: false), cancel);
                if (answer.Page is { } page && ExporterReport.Parse(page) is { } heard)
                {
                    Write(heard.Heard, format, to);
                    await notes.WriteAsync(UnlistedLines.Of(heard.Unlisted));
                    return ExitCode.Done;
                }

                await notes.WriteLineAsync(
                    $"weir: {(answer.Why.Length > 0 ? answer.Why : "the collector does not tell of exporters yet")}; "
                    + "what its template file holds is listed");
            }

            Write(
                paths, ExporterDiscovery.StateOf(saved, file), format, to, notes, cancel);
            return ExitCode.Done;
        });
        return command;
    }

    internal static void Write(
        string[] inputs, string? state, ListingFormat format, TextWriter to, TextWriter notes, CancellationToken cancel)
    {
        ExporterDiscovery.Choose(inputs, state);
        if (state is null)
        {
            Write(
                [.. ExporterDiscovery.Read(inputs, notes, cancel).List().OrderBy(e => e.Address)
                    .Select(ExporterReport.From)], format, to);
        }
        else
        {
            Listing.Write(ExporterDiscovery.Saved(state).OrderBy(e => e.Address), Saved, format, to);
        }
    }

    /// <summary>The rows; under a table what else is known, a line for each fact.</summary>
    internal static void Write(IReadOnlyList<ExporterReport> heard, ListingFormat format, TextWriter to)
    {
        Listing.Write(heard, Heard, format, to);
        foreach (var exporter in format.IsTable() ? heard : [])
        {
            foreach (var note in ExporterNotes.From(exporter))
            {
                to.Write($"  {exporter.Exporter}: {note}\n");
            }
        }
    }
}
