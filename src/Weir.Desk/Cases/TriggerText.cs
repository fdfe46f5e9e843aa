// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Events;
using Weir.Desk.Cases.Records;

namespace Weir.Desk.Cases;

/// <summary>The facts of a trigger in words, for the desk's people and the audit. Nothing reads them back.</summary>
public static class TriggerText
{
    /// <summary>One line: <c>80000 packets/s against 10000 in 10 s, one in 1, told by 192.0.2.1; DNS
    /// reflector</c>.</summary>
    /// <param name="facts">What the trigger told.</param>
    /// <param name="origin">What its event was found in.</param>
    public static string Format(TriggerFacts facts, EventOrigin origin = EventOrigin.Flows) => facts switch
    {
        MeasuredTrigger measured => FormatMeasure(measured) + string.Create(
            CultureInfo.InvariantCulture, $", one in {measured.SamplingInterval}, told by {measured.Exporter}")
            + (measured.Detail.Length > 0 ? $"; {measured.Detail}" : "")
            + (origin == EventOrigin.Digests
                ? "; found by looking back in sums by the hour; flows of before are not kept"
                : ""),
        ReportedTrigger reported => $"{reported.What}, told by {reported.Reporter}, {reported.Proof}",
        ConsentTrigger consent => $"consent of the customer {consent.Consent}",
        CleanUpTrigger => "after a clean-up",
        _ => throw new ArgumentOutOfRangeException(nameof(facts), facts, "Not facts of a trigger."),
    };

    /// <summary>The measure alone: <c>80000 packets/s against 10000 in 10 s</c>.</summary>
    public static string FormatMeasure(MeasuredTrigger measured) => string.Create(
        CultureInfo.InvariantCulture,
        $"{measured.Value:0.##} {UnitText.Behind(Math.Round(measured.Value, 2), measured.Unit)} against ")
        + string.Create(CultureInfo.InvariantCulture, $"{measured.Threshold:0.##} in {measured.WindowSeconds} s");
}
