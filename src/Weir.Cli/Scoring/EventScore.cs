// SPDX-License-Identifier: Apache-2.0
//
// Events of a report held against the attacks of the truth. One is found by an event of its rule about its subject at
// its time. A spoofed source names nobody: that event is about an interface, so rule and time alone must agree, and it
// is owed only by a run that was told which interfaces face subscribers. Sampling leaves a handful of a scan's packets:
// only rules of volume are owed then. Contacts with listed endpoints are scored with the infected.
using Weir.Cli.Reporting;
using Weir.Contracts.Events;
using Weir.Desk.Reporting;
using Weir.Lab.Telling;

namespace Weir.Cli.Scoring;

/// <summary>Recall and precision of events, and the time until the rule had enough.</summary>
internal static class EventScore
{
    public const double Aim = 0.95;

    /// <summary>An event's edges are those of bins: it may begin and end so much beside the attack.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    public static IEnumerable<ScoreLine> Compute(Truth truth, Report report)
    {
        var raised = report.Events.Where(e => e.Rule != RuleId.CncContact).ToList();
        var attacks = truth.Events.Where(a => a.ExportedFlows > 0).ToList();
        var knowsInterfaces = report.Flows.Spoofed > 0;
        var sampled = truth.Run.SamplingInterval > 1;
        var owed = attacks.Where(
            a => a.Rule == RuleId.Spoof ? knowsInterfaces : !sampled || a.Rule is not (RuleId.Spam or RuleId.Scan))
            .ToList();
        if (attacks.Count + raised.Count == 0)
        {
            return [];
        }

        var found = owed.Select(a => raised.Where(e => IsOf(e, a)).MinBy(e => e.Triggered)).ToList();
        var right = raised.Count(e => attacks.Any(a => IsOf(e, a)));
        var recall = owed.Count == 0 ? 1 : (double)found.Count(e => e is not null) / owed.Count;
        var precision = raised.Count == 0 ? 1 : (double)right / raised.Count;
        var waits = owed.Zip(found).Where(pair => pair.Second is not null)
            .Select(pair =>
                (pair.Second!.Triggered - DateTimeOffset.FromUnixTimeMilliseconds(pair.First.FromMs)).TotalSeconds)
            .Order().ToList();
        return
        [
            ScoreLine.Plain("eventsOwed", "attacks of which flows were exported", owed.Count),
            ScoreLine.Plain("eventsFound", "... of them found", found.Count(e => e is not null)),
            ScoreLine.Aimed("eventRecall", "recall of events", Math.Round(recall, 4), "at least 0.95", recall >= Aim),
            ScoreLine.Plain("eventsRaised", "events raised", raised.Count),
            ScoreLine.Aimed(
                "eventPrecision", "precision of events", Math.Round(precision, 4), "at least 0.95", precision >= Aim),
            ScoreLine.Plain(
                "triggerMedianSeconds", "seconds of flow time from an attack's begin to its trigger, median",
                waits.Count == 0 ? 0 : Math.Round(waits[waits.Count / 2], 1)),
            ScoreLine.Plain("triggerMostSeconds", "... the longest", waits.Count == 0 ? 0 : Math.Round(waits[^1], 1)),
            ScoreLine.Plain("eventsNotOwed", "attacks not owed: spoofing where no interface is said to face "
                + "subscribers, spam and scans where packets are sampled", attacks.Count - owed.Count),
        ];
    }

    private static bool IsOf(ReportEvent raised, TruthEvent attack) =>
        raised.Rule == attack.Rule
        && (attack.Rule == RuleId.Spoof || raised.Subject == attack.Subject)
        && raised.From < DateTimeOffset.FromUnixTimeMilliseconds(attack.UntilMs) + Slack
        && raised.Until > DateTimeOffset.FromUnixTimeMilliseconds(attack.FromMs) - Slack;
}
