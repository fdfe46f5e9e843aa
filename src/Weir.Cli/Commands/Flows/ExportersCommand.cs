// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Analysis;
using Weir.Cli.Reporting;
using Weir.Collector.Decoding;

namespace Weir.Cli.Commands.Flows;

/// <summary><c>weir exporters</c>: who exports, how much of it is sound, how it samples.</summary>
internal static class ExportersCommand
{
    private static readonly ListingColumn<ExporterListing>[] Heard =
    [
        new("exporter", e => e.Address),
        new("protocols", e => e.Protocols),
        new("datagrams", e => e.Datagrams),
        new("damaged", e => e.Damaged),
        new("dropped", e => e.Dropped),
        new("flows", e => e.Flows),
        new("notFlows", e => e.NotFlows),
        new("templates", e => e.Templates),
        new("templateUnknown", e => e.UnknownTemplateSets),
        new("templatesMissing", e => string.Join(' ', e.UnknownTemplates)),
        new("lost", e => e.Lost),
        new("late", e => e.Late),
        new("restarts", e => e.Restarts),
        new("sampling", e => e.SamplingInterval),
        new("samplingSource", e => LaneTotals.SourceOf(e.SamplingSource)),
        new("rates", e => string.Join(' ', e.SeenRates.Select(r => string.Create(
            CultureInfo.InvariantCulture, $"{r.Interval}:{LaneTotals.SourceOf(r.Source)}")))),
        new("clockSkewSeconds", e => e.ClockSkewMs / 1_000.0),
        new("first", e => Time(e.FirstSeenMs)),
        new("last", e => Time(e.LastSeenMs)),
        new("counts", e => string.Join("; ", ExporterNotes.CountsOf(e.Counts))),
        new("faults", e =>
            string.Join("; ", e.Faults.Select(f => string.Create(CultureInfo.InvariantCulture, $"{f.Value} {f.Key}")))),
    ];

    private static readonly ListingColumn<SavedExporter>[] Saved =
    [
        new("exporter", e => e.Address),
        new("templates", e => e.Templates.Count),
        new("rates", e => e.Rates.Count),
        new("sampling", e => string.Join(' ', e.Rates.Select(r => r.Said.Interval).Distinct())),
        new("learnt", e => e.Templates.Count == 0 ? null : Time(e.Templates.Max(t => t.LearntAtMs))),
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
        config.Required = false;
        config.Description = "Configuration of a running Weir: lists what its template file holds.";
        var output = OutputOption.Create();
        var command = new Command(
            "exporters",
            """
            List who exports: protocols, datagrams, damage, flows, templates, loss by sequence, sampling and who told it, clock.

            Example: weir exporters export.pcap -o csv
            """) { inputs, state, config, output };
        command.SetAction((parsed, cancel) =>
        {
            var to = parsed.InvocationConfiguration.Output;
            Write(
                parsed.GetValue(inputs) ?? [],
                ExporterDiscovery.StateOf(parsed.GetValue(state), parsed.GetValue(config)),
                OutputOption.Read(parsed.GetValue(output)!), to, cancel);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    internal static void Write(
        string[] inputs, string? state, ListingFormat format, TextWriter to, CancellationToken cancel)
    {
        ExporterDiscovery.Choose(inputs, state);
        if (state is null)
        {
            Listing.Write(ExporterDiscovery.Read(inputs, cancel).List().OrderBy(e => e.Address), Heard, format, to);
        }
        else
        {
            Listing.Write(ExporterDiscovery.Saved(state).OrderBy(e => e.Address), Saved, format, to);
        }
    }

    private static DateTimeOffset? Time(long milliseconds) =>
        milliseconds == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
