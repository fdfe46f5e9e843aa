// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using Weir.Lab;
using Weir.Lab.Jobs;
using Weir.Wire;

namespace Weir.Cli.Commands.Lab;

/// <summary>The options that describe the simulated provider.</summary>
internal sealed class LabArguments
{
    private static readonly LabOptions Usual = new();

    private readonly Option<int> _subscribers = Number("--subscribers", "Subscriber lines", Usual.Subscribers);
    private readonly Option<int> _seconds = Number(
        "--seconds", "Simulated seconds; beacons come faster in a short run", Usual.Seconds);
    private readonly Option<int> _bots = Number("--bots", "Infected subscribers", Usual.Bots);
    private readonly Option<int> _nets = Number("--nets", "Botnets", Usual.Nets);
    private readonly Option<ulong> _seed =
        new("--seed") { Description = "Same seed, same run", DefaultValueFactory = _ => Usual.Seed };
    private readonly Option<string?> _start = new("--start")
    {
        Description = "Begin of the run in UTC, or 'now' for a run that ends now (default 2026-01-05T00:00:00Z)"
    };
    private readonly Option<long?> _flows =
        new("--flows") { Description = "About so many flow records before sampling (default 100 a subscriber)" };
    private readonly Option<string> _protocol =
        new("--protocol") { Description = "v5, v9, ipfix or sflow", DefaultValueFactory = _ => "v9" };
    private readonly Option<uint?> _sampling =
        new("--sampling") { Description = "Look at one packet in so many (default 1; sflow 512)" };
    private readonly Option<double?> _ipv6Share =
        new("--ipv6-share") { Description = "Share of subscribers with IPv6 only (default 0.1; v5 0)" };
    private readonly Option<int> _ipv6Length = Number(
        "--ipv6-length", "Length of a subscriber's IPv6 prefix", Usual.Ipv6Length);
    private readonly Option<int> _exporters = Number("--exporters", "Routers that export", Usual.Exporters);
    private readonly Option<double> _coverage = new("--coverage")
    {
        Description = "Share of bots that the list can reveal",
        DefaultValueFactory = _ => Usual.Coverage
    };
    private readonly Option<int> _listEntries = Number("--list-entries", "Rows of the list", Usual.ListEntries);
    private readonly Option<int> _templateEvery = Number(
        "--template-every", "Datagrams from one template to the next", Usual.TemplateEvery);
    private readonly Option<bool> _biflow = new("--biflow") { Description = "Both directions in one record (ipfix)" };
    private readonly Option<bool> _noAttacks =
        new("--no-attacks") { Description = "No floods, spam, scans or reflection" };
    private readonly Option<string> _scenario = new("--scenario")
    {
        Description = "provider, or mail: one line floods and mails, another floods and spams; writes records.csv",
        DefaultValueFactory = _ => "provider"
    };
    private readonly Option<string> _jobs = new("--jobs")
    {
        Description = "What bots do besides calling home: none, usual (click fraud, spam, scans, proxying, downloads, "
            + "floods, peers, pools, updates, moving C&Cs, two families in one house), or one of the adverse forms "
            + "late-command, campaign-first, update-first, peers-only (the first net has no server); truth.json "
            + "tells what every endpoint is",
        DefaultValueFactory = _ => "none"
    };
    private readonly Option<double> _fileSharing = new("--file-sharing")
    {
        Description = "Share of lines that swap files with peers, infected ones three times as often",
        DefaultValueFactory = _ => Usual.FileSharing
    };
    private readonly Option<string?> _clone = new("--clone")
    {
        Description = "File of behaviour strings (Stratosphere, CTU-13, unpacked) whose bot is cloned over some lines"
    };
    private readonly Option<string> _cloneCapture = new("--clone-capture")
    {
        Description = "Which capture's bot", DefaultValueFactory = _ => "V42"
    };
    private readonly Option<int> _cloneLines = Number("--clone-lines", "Lines that get a copy", 10);
    private readonly Option<double> _cloneShare = new("--clone-share")
    {
        Description = "Chance that a copy uses an endpoint", DefaultValueFactory = _ => 0.7
    };
    private readonly Option<bool> _popularWrong = new("--popular-wrong-entry")
    {
        Description = "List an address that 3 % use, and write the allow-list that mends it"
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[
            _subscribers, _seconds, _bots, _nets, _seed, _start, _flows, _protocol, _sampling, _ipv6Share, _ipv6Length,
            _exporters, _coverage, _listEntries, _templateEvery, _biflow, _noAttacks, _scenario, _popularWrong, _jobs,
            _fileSharing, _clone, _cloneCapture, _cloneLines, _cloneShare])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>The options, or every fault in them.</summary>
    public (LabOptions? Options, IReadOnlyList<string> Faults) Read(ParseResult result)
    {
        var faults = new List<string>();
        var seconds = result.GetValue(_seconds);
        var options = new LabOptions
        {
            Subscribers = result.GetValue(_subscribers),
            Seconds = seconds,
            Bots = result.GetValue(_bots),
            Nets = result.GetValue(_nets),
            Seed = result.GetValue(_seed),
            StartMs = Start(result.GetValue(_start), seconds, faults),
            Flows = result.GetValue(_flows),
            Protocol = Protocol(result.GetValue(_protocol)!, faults),
            Sampling = result.GetValue(_sampling),
            Ipv6Share = result.GetValue(_ipv6Share),
            Ipv6Length = result.GetValue(_ipv6Length),
            Exporters = result.GetValue(_exporters),
            Coverage = result.GetValue(_coverage),
            ListEntries = result.GetValue(_listEntries),
            TemplateEvery = result.GetValue(_templateEvery),
            Biflow = result.GetValue(_biflow),
            Attacks = !result.GetValue(_noAttacks),
            Scenario = Scenario(result.GetValue(_scenario)!, faults),
            PopularWrongEntry = result.GetValue(_popularWrong),
            FileSharing = result.GetValue(_fileSharing),
            Jobs = Jobs(result.GetValue(_jobs)!, faults),
            RealBot = result.GetValue(_clone) is not { } file ? null
                : new CloneOptions(file, result.GetValue(_cloneCapture)!)
                {
                    Lines = result.GetValue(_cloneLines),
                    Share = result.GetValue(_cloneShare),
                },
        };
        if (faults.Count == 0)
        {
            faults.AddRange(options.Faults());
        }

        return (faults.Count == 0 ? options : null, faults);
    }

    private static LabJobs Jobs(string text, List<string> faults)
    {
        var jobs = LabJobsText.Parse(text);
        if (jobs is null)
        {
            faults.Add($"--jobs '{text}' is not known; it is none, usual, late-command, campaign-first, update-first "
                + "or peers-only");
        }

        return jobs ?? LabJobs.None;
    }

    private static Option<int> Number(string name, string what, int usual) =>
        new(name) { Description = what, DefaultValueFactory = _ => usual };

    private static long Start(string? text, int seconds, List<string> faults)
    {
        if (text is null)
        {
            return LabOptions.DefaultStartMs;
        }

        if (text == "now")
        {
            return TimeProvider.System.GetUtcNow().AddSeconds(-seconds).ToUnixTimeMilliseconds();
        }

        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var start)
            && start.Year is >= 2000 and < 2100)
        {
            return start.ToUnixTimeMilliseconds();
        }

        faults.Add($"--start '{text}' is not a time such as 2026-01-05T00:00:00Z, nor 'now'");
        return LabOptions.DefaultStartMs;
    }

    private static LabScenario Scenario(string name, List<string> faults)
    {
        if (name is not ("provider" or "mail"))
        {
            faults.Add($"--scenario '{name}' is not one of provider, mail");
        }

        return name == "mail" ? LabScenario.Mail : LabScenario.Provider;
    }

    private static ExportProtocol Protocol(string name, List<string> faults)
    {
        ExportProtocol? known = name.ToLowerInvariant() switch
        {
            "v5" or "netflow5" => ExportProtocol.NetFlow5,
            "v9" or "netflow9" => ExportProtocol.NetFlow9,
            "ipfix" or "v10" => ExportProtocol.Ipfix,
            "sflow" or "sflow5" => ExportProtocol.SFlow5,
            _ => null,
        };
        if (known is null)
        {
            faults.Add($"--protocol '{name}' is not one of v5, v9, ipfix, sflow");
        }

        return known ?? ExportProtocol.NetFlow9;
    }
}
