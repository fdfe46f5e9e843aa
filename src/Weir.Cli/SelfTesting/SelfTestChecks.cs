// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Noise;
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Lab.Telling;

namespace Weir.Cli.SelfTesting;

/// <summary>What must be true of a report, given the truth.</summary>
internal static class SelfTestChecks
{
    /// <summary>Who is infected, who is not, whether the books balance, whether sampling is scaled.</summary>
    /// <param name="name">Of the run.</param>
    /// <param name="report">As computed, before a profile hides anything.</param>
    /// <param name="truth">What was sent.</param>
    /// <param name="beside">Subjects of other inputs of the same run that must be found too.</param>
    public static IEnumerable<SelfTestCheck> OfSimulation(
        string name, Report report, Truth truth, IReadOnlyList<string> beside)
    {
        // Who talks to a listed endpoint is a case, also where the list is wrong: that is the list's fault, and told.
        var due = truth.Bots.Where(b => b.KnownCncs.Count > 0).Select(b => b.Subject)
            .Concat(truth.WrongEntries.Where(e => !e.Allowed).SelectMany(e => e.CleanSubjects.Concat(e.CleanOneSided)))
            .Concat(beside).ToHashSet(StringComparer.Ordinal);
        var found = report.Infected.Select(i => i.Subject).ToHashSet(StringComparer.Ordinal);
        yield return Check(
            $"{name}: everyone who exchanged with a listed endpoint is found", due.Count > 0 && due.IsSubsetOf(found),
            $"{due.Except(found).Count()} of {due.Count} are missing");
        yield return Check(
            $"{name}: nobody else is named", found.IsSubsetOf(due), $"{found.Except(due).Count()} should not be there");

        var flows = report.Flows;
        var input = report.Inputs[0];
        var sum = flows.Attributed + flows.Foreign + flows.Internal + flows.Spoofed
            + flows.Excluded + flows.OutsideWindow + flows.Unattributed
            + flows.SeenTwice;
        yield return Check($"{name}: every flow sent is read, and lies in one place", input.Flows == truth.Totals.Flows
            && flows.Read == sum && flows.Read == report.Inputs.Sum(i => i.Flows),
            $"{truth.Totals.Flows} sent, {input.Flows} read, {sum} accounted for");

        if (truth.Run.SamplingInterval > 1)
        {
            var packets = truth.Totals.Packets * truth.Run.SamplingInterval;
            yield return Check($"{name}: one packet in {truth.Run.SamplingInterval} is scaled up, its source told",
                input.SamplingRate == truth.Run.SamplingInterval
                    && input.SamplingSource != "none" && flows.EstimatedPackets == packets,
                $"rate {input.SamplingRate} from {input.SamplingSource}; {flows.EstimatedPackets} packets, {packets} due");
        }
    }

    /// <summary>The unknown C&amp;Cs.</summary>
    public static IEnumerable<SelfTestCheck> OfComparison(Report report, Truth truth)
    {
        var hidden = truth.HiddenCncs.Select(c => c.Endpoint).ToHashSet(StringComparer.Ordinal);
        var found = report.Candidates.Select(c => (Endpoint: $"{c.Remote}:{c.Port}/{c.Protocol}", c.Status)).ToList();
        var right = found.Count(c => hidden.Contains(c.Endpoint));
        yield return Check(
            "unknown C&Cs are found", report.Family.Power.Enough && right >= 3, $"{right} of {hidden.Count}");
        yield return Check(
            "what others use too is no candidate for a block",
            found.All(c => c.Status == "shared" || hidden.Contains(c.Endpoint)),
            string.Join(
                ", ", found.Where(c => c.Status != "shared" && !hidden.Contains(c.Endpoint)).Select(c => c.Endpoint)));
        yield return Check("shuffled labels find nothing", report.Family is { Valid: true, PermutedDiscoveries: 0,
            Permutations: > 0 }, $"{report.Family.PermutedDiscoveries} found");
    }

    /// <summary>The made contacts and the damaged datagrams.</summary>
    public static IEnumerable<SelfTestCheck> OfMade(Report report, string path)
    {
        var attempt = report.Sightings.Where(s => s.Remote == SelfTestFixtures.Unanswering).ToList();
        yield return Check(
            "an unanswered attempt infects nobody",
            attempt is [{ Attempts.Number: 1, Exchanges.Number: 0, Subjects.Number: 0 }]
                && report.Infected.All(i => i.Subject != SelfTestFixtures.Attempting),
            $"{attempt.Count} sightings");
        yield return Check(
            "an allow-list wins over every list", report.Sightings.All(s => s.Remote != SelfTestFixtures.Allowed),
            "it was sighted");
        yield return Check(
            "an entry that ended before the flow does not match",
            report.Sightings.All(s => s.Remote != SelfTestFixtures.Expired), "it was sighted");

        var input = report.Inputs.Single(i => i.Path == path);
        yield return Check(
            "damaged datagrams are counted", input.Malformed == SelfTestFixtures.DamagedDatagrams,
            $"{input.Malformed} of {SelfTestFixtures.DamagedDatagrams}");
        yield return Check(
            "data without a template is counted", input.TemplateUnknown == SelfTestFixtures.SetsWithoutTemplate,
            $"{input.TemplateUnknown} of {SelfTestFixtures.SetsWithoutTemplate}");
        var strays = input.Losses.Where(l => l.Unit == "datagrams").Sum(l => l.Count);
        yield return Check(
            "what is no flow export is counted", strays == SelfTestFixtures.StrayPayloads,
            $"{strays} of {SelfTestFixtures.StrayPayloads}");
        yield return Check(
            "foreign and internal flows are told apart",
            report.Flows is { Foreign: SelfTestFixtures.ForeignFlows, Internal: SelfTestFixtures.InternalFlows },
            $"{report.Flows.Foreign} foreign, {report.Flows.Internal} internal");
    }

    /// <summary>What the strict profile makes of the same run.</summary>
    /// <param name="clear">The run under the lab profile.</param>
    /// <param name="named">The same inputs under us-provider, as computed.</param>
    /// <param name="truth">What was sent.</param>
    public static IEnumerable<SelfTestCheck> OfHiding(Report clear, Report named, Truth truth)
    {
        using var noise = new NoiseKey(System.Security.Cryptography.SHA256.HashData("weir selftest"u8));
        var text = ReportJson.Write(new ReportAnonymizer(ReportKAnonymity.Default, new(noise)).Shape(named));
        var subjects = clear.Infected.Concat(named.Infected).Select(i => $"\"{i.Subject}\"").ToList();
        yield return Check(
            "us-provider names nobody, by address or pseudonym", named.Infected.Count == clear.Infected.Count
                && !subjects.Any(s => text.Contains(s, StringComparison.Ordinal)), "a subject stands in the report");
        yield return Check("subjects leave memory under pseudonyms", !named.Infected.Select(i => i.Subject)
            .Intersect(clear.Infected.Select(i => i.Subject)).Any(), "an address stands where a pseudonym is due");
        var hidden = truth.HiddenCncs.Select(c => c.Endpoint).ToHashSet(StringComparer.Ordinal);
        var right = named.Candidates.Count(c => hidden.Contains($"{c.Remote}:{c.Port}/{c.Protocol}"));
        yield return Check(
            "under pseudonyms the unknown C&Cs are found as well", right >= 3, $"{right} of {hidden.Count}");
    }

    /// <summary>A run too small to conclude.</summary>
    public static SelfTestCheck OfFew(Report report) =>
        Check(
            "too few infected: it says so instead of guessing",
            report is { Family.Power.Enough: false, Candidates.Count: 0, Infected.Count: 1 }
                && report.Family.Power.Why.Length > 0,
            $"{report.Infected.Count} infected, {report.Candidates.Count} candidates");

    private static SelfTestCheck Check(string name, bool passed, FormattableString seen) =>
        new(name, passed, seen.ToString(CultureInfo.InvariantCulture));

    private static SelfTestCheck Check(string name, bool passed, string seen) => new(name, passed, seen);
}
