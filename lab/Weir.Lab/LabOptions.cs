// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Lab.Jobs;
using Weir.Wire;

namespace Weir.Lab;

/// <summary>What a run is about.</summary>
public enum LabScenario
{
    /// <summary>An access provider with botnets and all kinds of attacks.</summary>
    Provider,

    /// <summary>Two lines among ordinary ones: A floods udp/7703 while mailing normally, B floods and spams at line
    /// speed. No other attacks.</summary>
    Mail,
}

/// <summary>What the simulated provider looks like and how it exports.</summary>
public sealed record LabOptions
{
    /// <summary>2026-01-05T00:00:00Z, a Monday.</summary>
    public const long DefaultStartMs = 1_767_571_200_000;

    /// <summary>Subscriber lines: an IPv4 address or an IPv6 prefix each. Default 100,000.</summary>
    public int Subscribers { get; init; } = 100_000;

    /// <summary>Simulated seconds. Default 86,400. In a shorter run beacons come faster, so that a run is always a
    /// whole story.</summary>
    public int Seconds { get; init; } = 86_400;

    /// <summary>Infected subscribers. Default 300.</summary>
    public int Bots { get; init; } = 300;

    /// <summary>Botnets they belong to. Default 8.</summary>
    public int Nets { get; init; } = 8;

    public ulong Seed { get; init; } = 1;

    /// <summary>Begin of the run, milliseconds since the UNIX epoch.</summary>
    public long StartMs { get; init; } = DefaultStartMs;

    /// <summary>About so many flow records before sampling; default 100 a subscriber.</summary>
    public long? Flows { get; init; }

    public ExportProtocol Protocol { get; init; } = ExportProtocol.NetFlow9;

    /// <summary>One packet in so many is looked at; 1 = all. Default 1, for sFlow 512.</summary>
    public uint? Sampling { get; init; }

    /// <summary>Share of subscribers with IPv6 only. Default 0.1; 0 for NetFlow v5, which cannot tell them.</summary>
    public double? Ipv6Share { get; init; }

    /// <summary>Length of a subscriber's IPv6 prefix, 48 to 64. Default 64.</summary>
    public int Ipv6Length { get; init; } = 64;

    public int Exporters { get; init; } = 2;

    /// <summary>Share of each net's bots that also speak to one of its listed C&amp;Cs. Default 0.5.</summary>
    public double Coverage { get; init; } = 0.5;

    /// <summary>Rows of the list, those that nobody speaks to among them. Default 5,000.</summary>
    public int ListEntries { get; init; } = 5_000;

    /// <summary>Both directions in one record (RFC 5103); IPFIX only.</summary>
    public bool Biflow { get; init; }

    /// <summary>Floods, spam, scans, reflection. Default true.</summary>
    public bool Attacks { get; init; } = true;

    /// <summary>Default: the provider with everything.</summary>
    public LabScenario Scenario { get; init; }

    /// <summary>What bots do besides calling home. Default nothing.</summary>
    public LabJobs Jobs { get; init; }

    /// <summary>Share of lines with IPv4 that share files in swarms, infected ones three times as often. Default 0.
    /// </summary>
    public double FileSharing { get; init; }

    /// <summary>A real bot laid over the provider; null = none.</summary>
    public CloneOptions? RealBot { get; init; }

    /// <summary>Lists an address that 3 % of all use, and writes the allow-list that mends it.</summary>
    public bool PopularWrongEntry { get; init; }

    /// <summary>Templates are sent again every so many datagrams. Default 64.</summary>
    public int TemplateEvery { get; init; } = 64;

    public uint Interval => Sampling ?? (Protocol == ExportProtocol.SFlow5 ? 512u : 1u);

    public double V6 => Ipv6Share ?? (Protocol == ExportProtocol.NetFlow5 ? 0 : 0.1);

    public long EndMs => StartMs + (Seconds * 1_000L);

    public long TargetFlows => Flows ?? Subscribers * 100L;

    /// <summary>Every fault of the options, one sentence each; empty where they can be run.</summary>
    public IReadOnlyList<string> Faults()
    {
        var faults = new List<string>();
        Within(faults, "--subscribers", Subscribers, 20, 2_000_000);
        Within(faults, "--seconds", Seconds, 60, 7 * 86_400);
        Within(faults, "--nets", Nets, 1, 64);
        Within(faults, "--bots", Bots, RealBot is null ? Nets : 0, Math.Max(Nets, Subscribers / 4));
        Within(faults, "--flows", TargetFlows, 100, 1_000_000_000);
        Within(faults, "--sampling", Interval, Protocol == ExportProtocol.SFlow5 ? 16 : 1, 16_383);
        Within(faults, "--ipv6-length", Ipv6Length, 48, 64);
        Within(faults, "--exporters", Exporters, 1, 200);
        Within(faults, "--list-entries", ListEntries, 1, 1_000_000);
        Within(faults, "--template-every", TemplateEvery, 1, 100_000);
        Share(faults, "--ipv6-share", V6);
        Share(faults, "--coverage", Coverage);
        Share(faults, "--file-sharing", FileSharing);
        if (Protocol == ExportProtocol.NetFlow5 && V6 > 0)
        {
            faults.Add("--ipv6-share must be 0 with --protocol v5: NetFlow v5 has no IPv6");
        }

        if (Jobs != LabJobs.None && Scenario != LabScenario.Provider)
        {
            faults.Add("--jobs needs --scenario provider: the mail scenario is about two lines alone");
        }

        if (Jobs != LabJobs.None && Seconds < 3_600)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"--seconds is {Seconds}, must be at least 3600 "
                + $"with --jobs: orders and lives need room"));
        }

        faults.AddRange(RealBot?.Faults(this) ?? []);
        if (Scenario == LabScenario.Mail && !Attacks)
        {
            faults.Add("--no-attacks leaves nothing of --scenario mail; take one of them out");
        }

        if (Scenario == LabScenario.Mail && Seconds < 1_800)
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"--seconds is {Seconds}, must be at least 1800 "
                + $"with --scenario mail: its spam alone lasts eight minutes"));
        }

        if (Scenario == LabScenario.Mail && (Subscribers < 200 || V6 > 0.5))
        {
            faults.Add("--scenario mail needs ordinary lines around its two: at least 200 --subscribers and "
                + "an --ipv6-share of at most 0.5");
        }

        if (Biflow && Protocol != ExportProtocol.Ipfix)
        {
            faults.Add("--biflow needs --protocol ipfix: only IPFIX has two-way records (RFC 5103)");
        }

        return faults;
    }

    private static void Within(List<string> faults, string option, long value, long least, long most)
    {
        if (value < least || value > most)
        {
            faults.Add(string.Create(
                CultureInfo.InvariantCulture, $"{option} is {value}, must be between {least} and {most}"));
        }
    }

    private static void Share(List<string> faults, string option, double value)
    {
        if (!(value >= 0 && value <= 1))
        {
            faults.Add(string.Create(CultureInfo.InvariantCulture, $"{option} is {value}, must be between 0 and 1"));
        }
    }
}
