// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;

namespace Weir.Tests.Reporting;

/// <summary>A run as it may come out of the engine, with something in every part.</summary>
internal static class SampleReport
{
    public static readonly DateTimeOffset Start = new(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);

    public static Report Create(string profile = "lab", long seen = 99_840, int infected = 31) => new()
    {
        Profile = profile,
        Window = new(Start, Start.AddDays(1)),
        Inputs =
        [
            new()
            {
                Path = "edge-1.pcap.xz",
                Format = "pcap/netflow9",
                Datagrams = 318_402,
                Flows = 9_511_040,
                SamplingRate = 1,
                SamplingSource = "options",
                TemplateUnknown = 12,
                SequenceGaps = 3,
                Losses = [new("fragment without its first part", 2, "datagrams")]
            },
            new()
            {
                Path = "border.pcapng",
                Format = "pcapng/ipfix",
                Datagrams = 20_110,
                Flows = 488_213,
                SamplingRate = 1_000,
                SamplingSource = "options",
                Malformed = 1
            },
        ],
        Exporters = [new()
        {
            Address = "198.51.100.1",
            Domain = 256,
            Protocol = "netflow9",
            Datagrams = 318_402,
            Flows = 9_511_040,
            Templates = 4,
            SamplingSource = "options"
        }],
        Flows = new()
        {
            Read = 9_999_253,
            Attributed = 9_401_772,
            Foreign = 402_113,
            Internal = 180_004,
            Spoofed = 364,
            Excluded = 15_000
        },
        Subjects = new() { Seen = seen, Cases = infected, Controls = seen - infected - 12, Excluded = 12 },
        Watchlists = [new()
        {
            Name = "feodo",
            Entries = 4_213,
            RefusedLines = 1,
            Refusals = [new("17", "'300.1.2.3' is not an IP address")],
            AgeSeconds = 5_400
        }, new() { Name = "own", Entries = 12, AgeSeconds = 400_000, Stale = "the file could not be read" }],
        Sightings =
        [
            new()
            {
                Remote = "192.0.2.7",
                Port = 443,
                Protocol = "tcp",
                List = "feodo",
                Subjects = 24,
                Exchanges = 1_733,
                Attempts = 12
            },
            new()
            {
                Remote = "2001:db8:77::9",
                Port = 8443,
                Protocol = "tcp",
                List = "feodo",
                Subjects = 7,
                Exchanges = 96,
                Attempts = 3
            },
        ],
        Infected =
        [
            .. Enumerable.Range(1, infected).Select(n => new ReportInfected(
                $"10.20.{n / 250}.{n % 250}",
                n % 3 == 0 ? ["192.0.2.7:443/tcp", "[2001:db8:77::9]:8443/tcp"] : ["192.0.2.7:443/tcp"],
                Start.AddMinutes(n * 7), Start.AddHours(20).AddMinutes(n), 40 + n)),
        ],
        Candidates =
        [
            Candidate("198.51.100.80", 8443, 22, 0.21, 1, "passed", "candidate"),
            Candidate("198.51.100.9", 443, 14, 0.08, 0, "passed", "candidate"),
            Candidate("2001:db8:dead:beef::17", 6667, 11, 0.4, 3, "review", "candidate"),
            Candidate("203.0.113.50", 1883, 12, 1.9, 340, "undetermined", "shared"),
            Candidate("203.0.113.77", 5555, 4, 0.02, 0, "undetermined", "candidate"),
        ],
        Rollups = [new("prefix", "198.51.100.0/24", 26, 0.9, 12, 3.1e-28, 4.4e-25, 4.24, 3.58), new(
            "asn", "AS64500", 6, 0.9, 3, 1e-4, 0.004, 2.2, 0.8)],
        Family = new()
        {
            Endpoints = 41_204,
            Q = 0.01,
            PermutedDiscoveries = 0,
            Permutations = 20,
            Baselines = new(63, 118),
            Power = new() { Enough = true, MinimumP = 3.2e-41 },
            Seed = 7
        },
        Events =
        [
            new()
            {
                Subject = profile == "lab" ? "10.20.0.33" : "p-0123456789abcdef0123456789abcdef",
                Rule = "flood-out",
                TrafficClass = new("out", "udp", 7703, ["203.0.113.9"]),
                From = Start.AddHours(3),
                Until = Start.AddHours(3.2),
                Measured = 82_114,
                Threshold = 20_000,
                Unit = "packets/s"
            },
            new()
            {
                Subject = "10.20.0.1",
                Rule = "cnc-contact",
                TrafficClass = new("out", "tcp", 443, ["192.0.2.7"]),
                From = Start.AddMinutes(7),
                Until = Start.AddHours(20),
                Measured = 41,
                Threshold = 1,
                Unit = "exchanges"
            },
        ],
        EventCounts = [new("cnc-contact", 31, 31), new("flood-out", 2, 1)],
        Timing = new() { Seconds = 14.2, FlowsPerSecond = 704_172, PeakMemoryBytes = 1_402_000_000 },
    };

    public static ReportCandidate Candidate(
        string remote, ushort port, double cases, double expected, double others, string onset, string status)
    {
        var ic = Math.Log2((cases + 0.5) / (expected + 0.5));
        return new()
        {
            Remote = remote,
            Port = port,
            Protocol = "tcp",
            Cases = cases,
            Expected = expected,
            Others = others,
            P = Math.Pow(expected / cases, cases),
            Q = Math.Min(1, Math.Pow(expected / cases, cases) * 41_204),
            Ic = Math.Round(ic, 2),
            Ic025 = Math.Round(ic - (3.3 * Math.Pow(cases + 0.5, -0.5)) - (2 * Math.Pow(cases + 0.5, -1.5)), 2),
            Onset = onset,
            Status = status,
            Why = $"{cases} of 31 infected contacted it, {expected} expected",
        };
    }
}
