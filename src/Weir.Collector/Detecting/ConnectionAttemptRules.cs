// SPDX-License-Identifier: Apache-2.0
//
// Scans and spam at line speed (statistics.md B.11). Four failed first contacts are an ordinary evening of file
// sharing, so what counts is how many different targets on one port, or ports of one target, stay silent within a
// minute.
using Weir.Collector.Decoding;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Detecting;

/// <summary>The rules of contacts for a block of detail and a half minute.</summary>
internal sealed unsafe class ConnectionAttemptRules(
    DetectingOptions options, EventTracker book, ExporterNumbers exporters, bool isDoubtful)
{
    private static readonly FlowTrait Attempts = DetectionRules.Get(RuleId.Scan).Trait;
    private static readonly FlowTrait ToMail = DetectionRules.Get(RuleId.Spam).Trait;

    public void Judge(ConnectionAttemptState* detail, long half)
    {
        if (detail->Head.Sampling > 1)
        {
            Spread(detail, half);
        }
        else
        {
            Scan(detail, half);
        }

        if (half % 2 == 1)
        {
            Mail(detail, half / 2);
        }
    }

    private void Scan(ConnectionAttemptState* detail, long half)
    {
        var (tried, silent) = detail->Count(half);
        detail->Clear(half - 1);
        MarkActive(detail, half, silent >= options.ScanTargets / 2.0);
        if (silent >= options.ScanTargets && silent >= options.ScanUnanswered * tried)
        {
            var vertical = detail->Vertical;
            Observe(
                detail, RuleId.Scan, new((half - 1) * FlowTime.HalfMs, (half + 1) * FlowTime.HalfMs, 60),
                new(silent, options.ScanTargets, vertical ? "ports/min" : "remotes/min"),
                vertical
                    ? TrafficClass.Create(Direction.Out, detail->Protocol, [], [detail->Remote], trait: Attempts)
                    : TrafficClass.Create(Direction.Out, detail->Protocol, [detail->Port], [], trait: Attempts),
                vertical ? "vertical" : "horizontal");
        }
    }

    /// <summary>The sampled form: one packet here and there of very many, so only how far it
    /// spreads can be told.</summary>
    private void Spread(ConnectionAttemptState* detail, long half)
    {
        var remotes = detail->TakeSampled();
        MarkActive(detail, half, remotes >= options.SampledScanTargets / 2.0);
        if (remotes > options.SampledScanTargets)
        {
            Observe(
                detail, RuleId.Scan, new((half - 1) * FlowTime.HalfMs, (half + 1) * FlowTime.HalfMs, 600),
                new(remotes, options.SampledScanTargets, "remotes/10min"),
                TrafficClass.Create(Direction.Out, detail->Protocol, [detail->Port], [], trait: Attempts),
                "horizontal, sampled form");
        }
    }

    private void Mail(ConnectionAttemptState* detail, long minute)
    {
        var connections = detail->TakeMail(minute);
        var before = detail->MailBefore;
        detail->MailBefore = connections;
        MarkActive(detail, (minute * 2) + 1, connections >= options.MailConnections / 2);
        if (connections < options.MailConnections)
        {
            return;
        }

        var under = book.IsOpen(detail->Head.Subject, RuleId.Spam, isDoubtful);
        if (under || (before >= options.MailConnections && detail->MailRemotes() >= options.MailRemotes))
        {
            var mask = detail->MailPorts;
            var ports = options.MailPorts.Where((_, i) => (mask & (1 << i)) != 0);
            Observe(
                detail, RuleId.Spam,
                new((under ? minute : minute - 1) * FlowTime.MinuteMs, (minute + 1) * FlowTime.MinuteMs, 120),
                new(connections, options.MailConnections, "connections/min"),
                TrafficClass.Create(Direction.Out, Protocols.Tcp, ports, [], trait: ToMail),
                detail->Head.Sampling > 1 ? "sampled: a lower bound" : "");
        }
    }

    private static void MarkActive(ConnectionAttemptState* detail, long half, bool hot)
    {
        if (hot)
        {
            detail->Head.HotAt = Math.Max(detail->Head.HotAt, half);
        }
    }

    private void Observe(
        ConnectionAttemptState* detail, string rule, in BreachWindow window, in BreachMeasurement measured,
        TrafficClass traffic, string words) =>
            book.Observe(new RuleBreach
            {
                Subject = detail->Head.Subject,
                Rule = rule,
                Class = traffic,
                FromMs = window.FromMs,
                UntilMs = window.UntilMs,
                Measured = Math.Round(measured.Value),
                Threshold = measured.Threshold,
                Unit = measured.Unit,
                WindowSeconds = window.Seconds,
                Sampling = Math.Max(1, detail->Head.Sampling),
                Source = exporters.Of(detail->Head.Exporter),
                Doubt = detail->Head.DoubtOf(window.FromMs, isDoubtful),
                Detail = words,
            });

    /// <summary>When a breach was.</summary>
    /// <param name="FromMs">Begin, milliseconds since the UNIX epoch.</param>
    /// <param name="UntilMs">End, exclusive.</param>
    /// <param name="Seconds">What the rule counts over.</param>
    private readonly record struct BreachWindow(long FromMs, long UntilMs, int Seconds);
}
