// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using Weir.Cli.Analysis;

namespace Weir.Cli.Commands.Flows;

/// <summary>What <c>weir analyze</c> takes on its line.</summary>
internal sealed class AnalyzeArguments
{
    private static readonly string[] Profiles = ["us-provider", "eu-provider", "lab"];

    private readonly Argument<string[]> _inputs =
        InputArgument.Create("Captures or flow files; recognised by content.", ArgumentArity.OneOrMore);

    private readonly Option<string> _networks = new("--networks")
    {
        Description =
            "The provider's own prefixes, CIDR,... or @FILE with one a line: an address inside is a subject.",
        Required = true
    };

    private readonly Option<string?> _exclude = new("--exclude")
    {
        Description =
            "Subjects that are neither case nor control: resolvers, relays, monitoring. CIDR,... or @FILE."
    };

    private readonly Option<string[]> _watchlists = new("--watchlist")
    {
        Description =
            "A list of C&Cs: FILE[,role=c2|sinkhole|attacker|bogon|allow][,name=X][,min-hits=N]. May be repeated."
    };

    private readonly Option<string> _profile = new("--profile")
    {
        Description = "What the report may show: us-provider (default), eu-provider, lab (subjects in clear; "
            + "public or self-made data only).",
        DefaultValueFactory = _ => Profiles[0]
    };

    private readonly Option<string?> _provider = new("--provider")
    {
        Description = "The provider's name, as it heads the report."
    };

    private readonly Option<string[]> _names = new("--names")
    {
        Description =
            "A file that says whose network an endpoint is in: prefix-to-AS table, names of AS numbers, MaxMind "
            + "database. May be repeated; what an earlier one knows stands.",
        HelpName = "FILE"
    };

    private readonly Option<string?> _infected = new("--infected")
    {
        Description =
            "Addresses of your lines that others reported as infected, one a line, or a CSV with a column of them: "
            + "what these lines share is compared apart. With --profile lab only.",
        HelpName = "FILE"
    };

    private readonly Option<string?> _output = new("--out")
    {
        Description = "Folder for report.json and report.html. Default: ./weir-report."
    };

    private readonly Option<string?> _since = new("--since")
    {
        Description = "Flows that start before are left alone. UTC, such as 2017-07-07T12:00:00Z."
    };

    private readonly Option<string?> _until =
        new("--until") { Description = "Flows that start at or after are left alone. UTC." };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Seed of the comparison: under lab the same inputs and seed give the same figures. Elsewhere "
            + "the key of the run, which is forgotten, breaks ties between equally active subjects.",
        DefaultValueFactory = _ => 1
    };

    private readonly Option<int> _length = new("--ipv6-subject-length")
    {
        Description = "An IPv6 subject is a prefix of this length.",
        DefaultValueFactory = _ => 64
    };

    private readonly Option<string?> _columns = new("--columns")
    {
        Description = "Names of a CSV's columns: source=NAME,destination=NAME,..."
    };

    private readonly Option<uint?> _sampling =
        new("--sampling") { Description = "One packet in so many, where the exporters do not say." };

    private readonly Option<uint[]> _facing = new("--subscriber-interface")
    {
        Description = "SNMP index of an interface that faces subscribers: a foreign source coming in there is "
            + "counted as spoofed. May be repeated."
    };

    private readonly Option<string?> _vault = new("--vault")
    {
        Description = "Socket of a vault: subjects are named under its keys, so that it can resolve them. Without "
            + "it the key ends with the run.",
        HelpName = "SOCKET"
    };

    private readonly Option<string?> _keep = new("--keep")
    {
        Description = "Put the pairs into a store in this folder, which is new or empty, compare there and keep it. "
            + "Without it they are compared in memory and go with the run.",
        HelpName = "DIR"
    };

    private readonly Option<int?> _memory = new("--memory")
    {
        Description = "MiB that pairs may take in memory; flows whose pairs need more are refused with the number. "
            + "Default: three quarters of the machine's.",
        HelpName = "MIB"
    };

    private readonly Option<bool> _noTimeOrder = new("--no-time-order")
    {
        Description = "Exporters' clocks differ, or times are invented: nothing is ranked by what came first, and "
            + "campaigns are told by their users alone."
    };

    /// <summary>Adds all of them.</summary>
    public void AddTo(Command command)
    {
        command.Add(_inputs);
        Option[] options =
        [
            _networks, _exclude, _watchlists, _infected, _names, _profile, _provider, _output, _since, _until, _seed, _length,
            _columns, _sampling, _facing, _vault, _keep, _memory,
            _noTimeOrder,
        ];
        foreach (var option in options)
        {
            command.Add(option);
        }
    }

    /// <summary>What was written.</summary>
    /// <exception cref="OperatorException">It makes no sense.</exception>
    public AnalysisSettings Read(ParseResult parsed)
    {
        var chosen = parsed.GetValue(_profile)!;
        if (!Profiles.Contains(chosen))
        {
            throw new OperatorException(
                $"--profile '{chosen}' is not known; it is us-provider, eu-provider or lab");
        }

        if (parsed.GetValue(_vault) is not null && chosen == Profiles[2])
        {
            throw new OperatorException(
                "--vault has no use with --profile lab, which shows subjects in clear; leave one of them out");
        }

        if (parsed.GetValue(_infected) is not null && chosen != Profiles[2])
        {
            throw new OperatorException(
                "--infected names lines, and what it finds rests on few of them: it goes with --profile lab only; "
                    + "leave one of them out");
        }

        if (parsed.GetValue(_memory) is { } memory && (memory < 1 || parsed.GetValue(_keep) is not null))
        {
            throw new OperatorException(memory < 1
                ? $"--memory {memory} is not a size; give MiB, 1 or more"
                : "--memory has no use with --keep, which compares in a store on disk; leave one of them out");
        }

        return new AnalysisSettings
        {
            Inputs = parsed.GetValue(_inputs)!,
            Networks = AnalysisArguments.Networks(
                parsed.GetValue(_networks)!, parsed.GetValue(_exclude), parsed.GetValue(_length)),
            Feeds = [.. (parsed.GetValue(_watchlists) ?? []).Select(AnalysisArguments.ParseFeed)],
            Infected = parsed.GetValue(_infected) is { } infected ? Path.GetFullPath(infected) : null,
            Names = [.. (parsed.GetValue(_names) ?? []).Select(Path.GetFullPath)],
            Profile = chosen,
            Provider = parsed.GetValue(_provider) ?? "",
            Out = Path.GetFullPath(parsed.GetValue(_output) ?? "weir-report"),
            Window = AnalysisArguments.Window(parsed.GetValue(_since), parsed.GetValue(_until)),
            Seed = parsed.GetValue(_seed),
            Columns = parsed.GetValue(_columns),
            Sampling = parsed.GetValue(_sampling),
            Vault = parsed.GetValue(_vault),
            Keep = parsed.GetValue(_keep) is { } keep ? Path.GetFullPath(keep) : null,
            Memory = parsed.GetValue(_memory) * (1L << 20),
            TimeOrder = !parsed.GetValue(_noTimeOrder),
            SubscriberInterfaces = (parsed.GetValue(_facing) ?? []).ToHashSet(),
        };
    }
}
