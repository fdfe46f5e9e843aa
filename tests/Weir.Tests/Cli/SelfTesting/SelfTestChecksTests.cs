// SPDX-License-Identifier: Apache-2.0
using Weir.Cli;
using Weir.Cli.Commands;
using Weir.Cli.Reporting;
using Weir.Cli.SelfTesting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Lab;
using Weir.Lab.Telling;
using Weir.Tests.Reporting;

namespace Weir.Tests.Cli.SelfTesting;

/// <summary>A self-test that cannot fail proves nothing: each check is shown a report in which its
/// finding is wrong.</summary>
public sealed class SelfTestChecksTests
{
    private static readonly Truth Truth = Simulated();

    private static Truth Simulated()
    {
        var folder = Directory.CreateTempSubdirectory("weir-selftest-").FullName;
        try
        {
            return LabFolder.Write(folder, new LabOptions
            {
                Subscribers = 60,
                Bots = 6,
                Nets = 1,
                Seconds = 600,
                Seed = 3,
                ListEntries = 5,
                Sampling = 2
            });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Report Right() => SampleReport.Create() with
    {
        Infected = [.. Truth.Bots.Where(b => b.KnownCncs.Count > 0).Select(b => b.Subject)
            .Concat(Truth.WrongEntries.Where(e => !e.Allowed).SelectMany(e => e.CleanSubjects.Concat(e.CleanOneSided)))
            .Distinct().Select(Found)],
        Inputs = [new()
        {
            Path = "a",
            Format = "pcap/NetFlow9",
            Flows = Truth.Totals.Flows,
            SamplingRate = 2,
            SamplingSource = "options"
        }],
        Flows = new()
        {
            Read = Truth.Totals.Flows,
            Attributed = Truth.Totals.Flows,
            EstimatedPackets = Truth.Totals.Packets * 2
        },
    };

    private static ReportInfected Found(string subject) =>
        new(subject, ["192.0.2.7:443/tcp"], SampleReport.Start, SampleReport.Start, 1);

    private static List<string> Failed(IEnumerable<SelfTestCheck> checks) =>
        [.. checks.Where(c => !c.Passed).Select(c => c.Name)];

    private static List<string> OfSimulation(Report report) =>
        Failed(SelfTestChecks.OfSimulation("run", report, Truth, []));

    [Fact]
    public void A_right_report_passes_and_each_wrong_one_fails_its_own_check()
    {
        var right = Right();
        Assert.NotEmpty(right.Infected);
        Assert.Empty(OfSimulation(right));

        Assert.Equal(["run: everyone who exchanged with a listed endpoint is found"], OfSimulation(
            right with { Infected = [.. right.Infected.Skip(1)] }));
        Assert.Equal(["run: nobody else is named"], OfSimulation(
            right with { Infected = [.. right.Infected, Found("10.0.9.9")] }));
        Assert.Equal(["run: every flow sent is read, and lies in one place"], OfSimulation(
            right with { Flows = right.Flows with { Attributed = right.Flows.Attributed - 1 } }));
        Assert.Equal(["run: one packet in 2 is scaled up, its source told"], OfSimulation(
            right with { Flows = right.Flows with { EstimatedPackets = Truth.Totals.Packets } }));
    }

    [Fact]
    public void A_candidate_that_others_use_and_a_noisy_permutation_fail()
    {
        var report = SampleReport.Create() with
        {
            Candidates = [.. Truth.HiddenCncs.Select(
                c => SampleReport.Candidate(c.Remote, (ushort)c.Port, 9, 0.1, 0, "passed", "candidate") with
                {
                    Protocol = c.Protocol
                })]
        };
        Assert.Empty(Failed(SelfTestChecks.OfComparison(report, Truth)));

        Assert.Equal(
            ["unknown C&Cs are found"], Failed(SelfTestChecks.OfComparison(report with { Candidates = [] }, Truth)));
        Assert.Equal(["what others use too is no candidate for a block"],
            Failed(SelfTestChecks.OfComparison(report with
            {
                Candidates = [.. report.Candidates, SampleReport.Candidate(
                    "198.51.100.1", 443, 9, 0.1, 0, "passed", "candidate")]
            }, Truth)));
        Assert.Equal(["shuffled labels find nothing"], Failed(SelfTestChecks.OfComparison(
            report with { Family = report.Family with { PermutedDiscoveries = 1 } }, Truth)));
    }

    [Fact]
    public void What_was_made_by_hand_must_come_out_as_it_was_made()
    {
        var report = SampleReport.Create() with
        {
            Inputs = [new()
            {
                Path = "made",
                Format = "pcap/NetFlow9",
                Malformed = SelfTestFixtures.DamagedDatagrams,
                TemplateUnknown = SelfTestFixtures.SetsWithoutTemplate,
                Losses = [new("stray", SelfTestFixtures.StrayPayloads, "datagrams")]
            }],
            Sightings = [new()
            {
                Remote = SelfTestFixtures.Unanswering,
                Protocol = "tcp",
                List = "made",
                Attempts = 1,
                Exchanges = 0,
                Subjects = 0
            }],
            Flows = new() { Foreign = 1, Internal = 1 },
        };
        Assert.Empty(Failed(SelfTestChecks.OfMade(report, "made")));

        ReportSighting Sighted(string remote) =>
            new() { Remote = remote, Protocol = "tcp", List = "made", Exchanges = 1, Subjects = 1 };
        Assert.Equal(["an unanswered attempt infects nobody"], Failed(
            SelfTestChecks.OfMade(report with { Infected = [Found(SelfTestFixtures.Attempting)] }, "made")));
        Assert.Equal(["an allow-list wins over every list"], Failed(SelfTestChecks.OfMade(
            report with { Sightings = [.. report.Sightings, Sighted(SelfTestFixtures.Allowed)] }, "made")));
        Assert.Equal(["an entry that ended before the flow does not match"], Failed(SelfTestChecks.OfMade(
            report with { Sightings = [.. report.Sightings, Sighted(SelfTestFixtures.Expired)] }, "made")));
        Assert.Equal([
            "damaged datagrams are counted", "data without a template is counted", "what is no flow export is counted"],
            Failed(SelfTestChecks.OfMade(
                report with { Inputs = [new() { Path = "made", Format = "pcap/NetFlow9" }] }, "made")));
        Assert.Equal(["foreign and internal flows are told apart"], Failed(
            SelfTestChecks.OfMade(report with { Flows = new() }, "made")));
    }

    [Fact]
    public void An_address_under_the_strict_profile_fails()
    {
        var clear = SampleReport.Create();
        var failed = Failed(SelfTestChecks.OfHiding(clear, clear with { Profile = "us-provider" }, Truth));
        Assert.Equal(
            ["subjects leave memory under pseudonyms", "under pseudonyms the unknown C&Cs are found as well"], failed);
        Assert.False(SelfTestChecks.OfFew(clear).Passed);
    }

    [Fact]
    public async Task The_last_line_is_passed_of_expected_and_one_failure_is_a_failed_run()
    {
        var output = new StringWriter();
        var code = await SelftestCommand.WriteAsync(
            Checks(new("books balance", true, ""), new("nobody is named", false, "3 are")), output);
        Assert.Equal(ExitCode.Failed, code);
        Assert.Equal("ok   books balance\nFAIL nobody is named: 3 are\n1/2\n", output.ToString());

        Assert.Equal(ExitCode.Done, await SelftestCommand.WriteAsync(
            Checks(new SelfTestCheck("books balance", true, "")), TextWriter.Null));
        Assert.Equal(ExitCode.Failed, await SelftestCommand.WriteAsync(Checks(), TextWriter.Null));
    }

    private static async IAsyncEnumerable<SelfTestCheck> Checks(params SelfTestCheck[] checks)
    {
        foreach (var check in checks)
        {
            await Task.Yield();
            yield return check;
        }
    }
}
