// SPDX-License-Identifier: Apache-2.0
//
// What a customer is told of one scope, as values: made once, by the vault, from the signed grounds that the scope
// rests on, and read by mails and the page alike. Nothing here is the desk's word. Which exporter told of it, who
// complained and which list has an endpoint are the provider's and are left out.
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Notices;

/// <summary>What a rule measured, and against what.</summary>
/// <param name="Value">The largest value that its events told.</param>
/// <param name="Threshold">The rule's threshold.</param>
/// <param name="Unit">Of both, such as <c>packets/s</c>.</param>
/// <param name="Seconds">Over which it was measured.</param>
public sealed record Measurement(double Value, double Threshold, string Unit, int Seconds)
{
    /// <summary>Every unit that a rule writes.</summary>
    public static IReadOnlyList<string> Units { get; } =
        [.. DetectionRules.All.SelectMany(rule => rule.Units).Distinct(StringComparer.Ordinal)];
}

/// <summary>The facts of one scope. Times UTC, of the flows' own clock.</summary>
public sealed record CustomerFacts
{
    /// <summary>What was found, by the words it is told with: one of <see cref="Findings"/>.</summary>
    public required string Finding { get; init; }

    /// <summary>Why the scope was opened (R1).</summary>
    public required Purpose Purpose { get; init; }

    /// <summary>Rule and version of its events, <c>cnc-contact/1</c>; empty where no rule found it.</summary>
    public string Rule { get; init; } = "";

    /// <summary>What may be looked at.</summary>
    public required FlowPredicate Class { get; init; }

    /// <summary>The endpoint of a contact with a control server; null for every other finding.</summary>
    public Endpoint? FarEnd { get; init; }

    /// <summary>First evidence.</summary>
    public required DateTimeOffset First { get; init; }

    /// <summary>Last evidence.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>What was measured; null where nothing was.</summary>
    public Measurement? Measured { get; init; }

    /// <summary>Everything that can be told: what rules find, and what people bring.</summary>
    public static IReadOnlyList<string> Findings { get; } =
    [
        .. RuleId.All, Purposes.ToName(Purpose.ComplaintHandling), Purposes.ToName(Purpose.CustomerDiagnosis),
    ];

    /// <summary>The facts of a scope; null where it is one that nobody is told of, as a check after a clean-up is.
    /// Pure.</summary>
    /// <param name="order">The scope with its grounds, which were verified.</param>
    public static CustomerFacts? From(ScopeOrder order)
    {
        if (order.Purpose is Purpose.RemediationCheck or Purpose.LawfulHold)
        {
            return null;
        }

        var events = order.Grounds
            .Select(envelope => EventDocument.TryRead(envelope, out var quality) ? quality : null)
            .OfType<QualityEvent>().ToList();
        if (events.Count == 0)
        {
            return new()
            {
                Finding = Purposes.ToName(order.Purpose),
                Purpose = order.Purpose,
                Class = order.Class,
                First = DateTimeOffset.FromUnixTimeMilliseconds(order.FromMs),
                Last = DateTimeOffset.FromUnixTimeMilliseconds(order.UntilMs),
            };
        }

        var most = events.MaxBy(quality => quality.Measured)!;
        var firstMs = Math.Max(events.Min(quality => quality.FromMs), order.FromMs);
        var lastMs = Math.Clamp(events.Max(quality => quality.UntilMs), firstMs, Math.Max(firstMs, order.ExpiresMs));
        return new()
        {
            Finding = most.Rule,
            Purpose = order.Purpose,
            Rule = most.Trigger,
            Class = order.Class,
            FarEnd = order is { Purpose: Purpose.CncContact, Class: { Remotes: [var remote], RemotePorts: [var port] } }
                ? new Endpoint(remote, port, order.Class.Protocol)
                : null,
            First = DateTimeOffset.FromUnixTimeMilliseconds(firstMs),
            Last = DateTimeOffset.FromUnixTimeMilliseconds(lastMs),
            Measured = new(most.Measured, most.Threshold, most.Unit, most.WindowSeconds),
        };
    }
}
