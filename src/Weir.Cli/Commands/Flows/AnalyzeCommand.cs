// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Analysis;

namespace Weir.Cli.Commands.Flows;

/// <summary><c>weir analyze</c>: the main job offline.</summary>
internal static class AnalyzeCommand
{
    private static readonly string[] Profiles = ["us-provider", "eu-provider", "lab"];

    public static Command Create()
    {
        var inputs = InputArgument.Create("Captures or flow files; recognised by content.", ArgumentArity.OneOrMore);
        var networks = new Option<string>("--networks")
        {
            Description =
                "The provider's own prefixes, CIDR,... or @FILE with one a line: an address inside is a subject.",
            Required = true
        };
        var exclude = new Option<string?>("--exclude")
        {
            Description =
                "Subjects that are neither case nor control: resolvers, relays, monitoring. CIDR,... or @FILE."
        };
        var watchlists = new Option<string[]>("--watchlist")
        {
            Description =
                "A list of C&Cs: FILE[,role=c2|sinkhole|attacker|bogon|allow][,name=X][,min-hits=N]. May be repeated."
        };
        var profile = new Option<string>("--profile")
        {
            Description = "What the report may show: us-provider (default), eu-provider, lab (subjects in clear; "
                + "public or self-made data only).",
            DefaultValueFactory = _ => Profiles[0]
        };
        var output = new Option<string?>("--out")
        {
            Description = "Folder for report.json and report.html. Default: ./weir-report."
        };
        var since = new Option<string?>("--since")
        {
            Description = "Flows that start before are left alone. UTC, such as 2017-07-07T12:00:00Z."
        };
        var until =
            new Option<string?>("--until") { Description = "Flows that start at or after are left alone. UTC." };
        var seed = new Option<ulong>("--seed")
        {
            Description = "Seed of the comparison: under lab the same inputs and seed give the same figures. Elsewhere "
                + "the key of the run, which is forgotten, breaks ties between equally active subjects.",
            DefaultValueFactory = _ => 1
        };
        var length = new Option<int>("--ipv6-subject-length")
        {
            Description = "An IPv6 subject is a prefix of this length.",
            DefaultValueFactory = _ => 64
        };
        var columns = new Option<string?>("--columns")
        {
            Description = "Names of a CSV's columns: source=NAME,destination=NAME,..."
        };
        var sampling =
            new Option<uint?>("--sampling") { Description = "One packet in so many, where the exporters do not say." };
        var facing = new Option<uint[]>("--subscriber-interface")
        {
            Description = "SNMP index of an interface that faces subscribers: a foreign source coming in there is "
                + "counted as spoofed. May be repeated."
        };
        var vault = new Option<string?>("--vault")
        {
            Description = "Socket of a vault: subjects are named under its keys, so that it can resolve them. Without "
                + "it the key ends with the run.",
            HelpName = "SOCKET"
        };
        var command = new Command("analyze", "Read captures or flow files; say who is infected and what else the "
            + "infected share.\nExample: weir analyze export.pcap --networks 192.0.2.0/24,2001:db8::/32 "
            + "--watchlist c2.txt --out report")
        {
            inputs, networks, exclude, watchlists, profile, output, since, until, seed, length, columns, sampling,
            facing, vault,
        };
        command.SetAction(async (parsed, cancel) =>
        {
            var chosen = parsed.GetValue(profile)!;
            if (!Profiles.Contains(chosen))
            {
                throw new OperatorException(
                    $"--profile '{chosen}' is not known; it is us-provider, eu-provider or lab");
            }

            if (parsed.GetValue(vault) is not null && chosen == Profiles[2])
            {
                throw new OperatorException(
                    "--vault has no use with --profile lab, which shows subjects in clear; leave one of them out");
            }

            var settings = new AnalysisSettings
            {
                Inputs = parsed.GetValue(inputs)!,
                Networks = AnalysisArguments.Networks(parsed.GetValue(networks)!, parsed.GetValue(exclude), parsed.GetValue(length)),
                Feeds = [.. (parsed.GetValue(watchlists) ?? []).Select(AnalysisArguments.ParseFeed)],
                Profile = chosen,
                Out = Path.GetFullPath(parsed.GetValue(output) ?? "weir-report"),
                Window = AnalysisArguments.Window(parsed.GetValue(since), parsed.GetValue(until)),
                Seed = parsed.GetValue(seed),
                Columns = parsed.GetValue(columns),
                Sampling = parsed.GetValue(sampling),
                Vault = parsed.GetValue(vault),
                SubscriberInterfaces = (parsed.GetValue(facing) ?? []).ToHashSet(),
            };
            return await new AnalysisRun(settings, TimeProvider.System).RunAsync(cancel);
        });
        return command;
    }
}
