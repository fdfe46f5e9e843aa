// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;

namespace Weir.Contracts.Grounds;

/// <summary>A scope that events opened, as whoever judges the next event knows it. Times are milliseconds since the
/// UNIX epoch, UTC, of the flows' own clock.</summary>
public sealed record EventScope
{
    public required ScopeId Id { get; init; }

    /// <summary>Of all its events.</summary>
    public required string Rule { get; init; }

    /// <summary>The event that opened it; 0 where that is not known.</summary>
    public required ulong Event { get; init; }

    public required FlowPredicate Class { get; init; }

    public required long FromMs { get; init; }

    /// <summary>Last evidence that moved its end.</summary>
    public required long LastMs { get; init; }

    public required long UntilMs { get; init; }

    public required long ExpiresMs { get; init; }

    /// <summary>Why its grounds are not corroborated.</summary>
    public required EvidenceDoubt Doubt { get; init; }

    /// <summary>Its events, or those of them that it needs.</summary>
    public required IReadOnlyList<Envelope> Grounds { get; init; }

    /// <summary>It ended, or another has taken over from it. What belongs to its time lets it go on.</summary>
    public bool IsOver { get; init; }

    /// <summary>The number of a scope that an event opens: whoever has the event knows it, so that what is recorded
    /// before anybody has decided anything is found under the scope that is opened later.</summary>
    /// <param name="quality">Number of the event, the same for all its phases.</param>
    /// <param name="named">The scope's class.</param>
    /// <param name="fromMs">Its begin.</param>
    public static ScopeId NumberOf(ulong quality, FlowPredicate named, long fromMs) =>
        new(BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"weir scope\n{quality:x16}\n{named}\n{fromMs}")))));

    /// <summary>The scope that an order is about; null where no event opened it.</summary>
    public static EventScope? From(ScopeOrder order, ScopeLimits limits)
    {
        List<QualityEvent> events = [];
        List<Envelope> grounds = [];
        foreach (var envelope in order.Grounds)
        {
            if (EventDocument.TryRead(envelope, out var quality))
            {
                events.Add(quality);
                grounds.Add(envelope);
            }
        }

        if (events.Count == 0 || DetectionRules.Get(events[0].Rule).Purpose != order.Purpose)
        {
            return null;
        }

        return new()
        {
            Id = order.Id,
            Rule = events[0].Rule,
            Event = events.Find(one => NumberOf(one.Number, order.Class, order.FromMs) == order.Id)?.Number ?? 0,
            Class = order.Class,
            FromMs = order.FromMs,
            LastMs = order.UntilMs - limits.AfterMs,
            UntilMs = order.UntilMs,
            ExpiresMs = order.ExpiresMs,
            Doubt = ScopeGrounds.DoubtOf(order.Class, grounds),
            Grounds = grounds,
        };
    }

    /// <summary>The order for it before there is a case.</summary>
    /// <param name="quality">The event that opened it.</param>
    public ScopeOrder ToOrder(QualityEvent quality) => new()
    {
        Id = Id,
        Case = default,
        Subject = quality.Subject,
        Epoch = Epochs.At(quality.FromMs),
        Class = Class,
        Purpose = DetectionRules.Get(Rule).Purpose,
        FromMs = FromMs,
        UntilMs = UntilMs,
        ExpiresMs = ExpiresMs,
        Grounds = Grounds,
    };
}
