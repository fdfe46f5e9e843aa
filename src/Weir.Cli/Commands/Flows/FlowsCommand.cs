// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Cli.Analysis;
using Weir.Cli.Flows;
using Weir.Cli.Reporting;
using Weir.Collector.Collecting.Files;
using Weir.Collector.Decoding;
using Weir.Collector.Status;
using Weir.Desk.Enrichment;

namespace Weir.Cli.Commands.Flows;

/// <summary><c>weir flows</c>: decoded flows of files, to check an exporter.</summary>
internal static class FlowsCommand
{
    private const string Lab = "lab";
    private static readonly string[] _profiles = ["us-provider", "eu-provider", Lab];

    public static Command Create()
    {
        var inputs = InputArgument.Create("Captures or flow files; recognised by content.", ArgumentArity.OneOrMore);
        var networks = new Option<string?>("--networks")
        {
            Description = "The provider's own prefixes, CIDR,... or @FILE: an address inside is shown as its prefix. "
                + "Needed but under --profile lab.",
        };
        var profile = new Option<string>("--profile")
        {
            Description =
                "us-provider (default), eu-provider, or lab: every address in clear (public or self-made data "
                + "only).",
            DefaultValueFactory = _ => _profiles[0],
        };
        var filter = new Option<string?>("--filter")
        {
            Description = "Terms NAME=VALUE, all of which must hold: exporter, domain, source, destination, address, "
                + "sourcePort, destinationPort, port, protocol, interface, direction, dropped, sampling. "
                + "Such as \"destinationPort=443 protocol=tcp\".",
        };
        var all = new Option<bool>("--all")
        {
            Description = "Show also what a router told at its way out after its way in had told it: countedBefore is "
                + "true there. Without it each packet counts once.",
        };
        var names = new Option<string[]>("--names")
        {
            Description = "A file that says whose network an address is in: prefix-to-AS table, names of AS numbers, "
                + "MaxMind database; several are asked in their order. Adds sourceNetwork and destinationNetwork.",
        };
        var output = OutputOption.Create();
        var command = new Command(
            "flows",
            """
            Show the flows that captures and flow files hold, as Weir decodes them. What was not used is said on the error output.

            Example: weir flows export.pcap --networks 192.0.2.0/24 --filter port=443 -o ndjson
            """) { inputs, networks, profile, filter, all, names, output };
        command.SetAction((parsed, cancel) =>
        {
            var invocation = parsed.InvocationConfiguration;
            var mask = Mask(parsed.GetValue(networks), parsed.GetValue(profile)!);
            var chosen = FlowFilter.Parse(parsed.GetValue(filter), mask, parsed.GetValue(all));
            var owners = parsed.GetValue(names) is { Length: > 0 } files ? NetworkNames.Read(files) : null;
            Write(
                parsed.GetValue(inputs)!, chosen, (mask, owners),
                OutputOption.Read(parsed, output), (invocation.Output, invocation.Error), cancel);
            return Task.FromResult(ExitCode.Done);
        });
        return command;
    }

    /// <summary>Reads and writes; JSON lines and CSV hold one flow in memory at a time.</summary>
    internal static void Write(
        string[] paths, FlowFilter filter, (FlowMask Mask, NetworkOwners? Owners) shown, ListingFormat format,
        (TextWriter Rows, TextWriter Notes) to,
        CancellationToken cancel)
    {
        if (shown.Mask.ShowsAll)
        {
            to.Notes.WriteLine("weir: profile lab: addresses are shown in clear");
        }

        var options = DecodingOptions.OfFiles;
        var reading = new FlowsReading(options, shown.Mask, shown.Owners);
        using var rows = new ListingStream<DecodedFlow>(
            shown.Owners is null ? DecodedFlow.Columns : DecodedFlow.NamedColumns, format, to.Rows);
        reading.Read(
            paths, flow =>
            {
                if (filter.Lets(flow))
                {
                    rows.Add(flow);
                }
            },
            (path, file, note) => Note(path, file, note, to.Notes), cancel);
        foreach (var exporter in reading.Decoder!.List())
        {
            foreach (var word in ExporterNotes.From(ExporterReport.From(exporter)))
            {
                to.Notes.WriteLine($"weir: exporter {exporter.Address}: {word}");
            }
        }
    }

    private static FlowMask Mask(string? networks, string profile)
    {
        if (!_profiles.Contains(profile))
        {
            throw new OperatorException($"--profile '{profile}' is not known; it is us-provider, eu-provider or lab");
        }

        return profile == Lab ? new FlowMask(null)
            : networks is not null ? new FlowMask(AnalysisArguments.Networks(networks, null, NetworkMask))
            : throw new OperatorException(
                "--networks is missing; name the provider's own prefixes, whose addresses are then shown as their "
                    + "prefix, or give --profile lab for public or self-made data");
    }

    private const int NetworkMask = 64;

    internal static void Note(string path, InputFile file, string? note, TextWriter to)
    {
        if (note is not null)
        {
            to.WriteLine($"weir: {path} {note}");
        }

        foreach (var loss in InputReader.LossesOf(file))
        {
            to.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"weir: {path}: {loss.Count} {loss.Unit}: {loss.Reason}"));
        }
    }
}
