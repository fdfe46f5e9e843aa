// SPDX-License-Identifier: Apache-2.0
//
// The network around a listed far end, by which the brake counts (rules.md R21): /24, of IPv6 /48. No entry that makes
// cases is wider, so a network's count is never below its entry's, and whoever lists a newspaper's addresses one by one
// is counted as if the newspaper stood there once.
using System.Diagnostics.CodeAnalysis;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;
using Weir.Wire;

namespace Weir.Contracts.Braking;

/// <summary>One line's contact with a listed network, as the brake counts it.</summary>
/// <param name="Network">/24 or /48.</param>
/// <param name="Line">Pseudonym.</param>
/// <param name="Day">UTC day of its first evidence, since the UNIX epoch.</param>
/// <param name="Sources">Lists that name the far end.</param>
public readonly record struct BrakedContact(Prefix Network, SubjectKey Line, int Day, int Sources);

/// <summary>Which network an event or a scope is about.</summary>
public static class ListedNetwork
{
    /// <summary>Widest entry that makes cases, written lengths: what is wider is refused by its line.</summary>
    public const int WidestV4 = 24;
    public const int WidestV6 = 48;

    private const int V4Offset = 96;
    private const long DayMs = 86_400_000;

    /// <summary>The network of an address.</summary>
    public static Prefix Of(IpKey address) =>
        Prefix.From(address, address.IsV4 ? V4Offset + WidestV4 : WidestV6);

    /// <summary>Reads one as it is written: its own length, no host bits.</summary>
    public static bool TryParse(string? text, out Prefix network)
    {
        network = default;
        return text is not null && text.Contains('/', StringComparison.Ordinal)
            && Prefix.TryParse(text, out network, strict: true) && network == Of(network.Network);
    }

    /// <summary>The contact that an event tells; false for other rules, and for what is not corroborated, which opens
    /// nothing that may be read and is counted nowhere.</summary>
    public static bool TryOf(QualityEvent quality, out BrakedContact contact)
    {
        contact = default;
        if (quality.Doubt != EvidenceDoubt.None || !IsContact(quality))
        {
            return false;
        }

        contact = new(
            Of(quality.Class!.Predicate.Remotes[0]), quality.Subject, DayOf(quality.FromMs), quality.Sources);
        return true;
    }

    /// <summary>The network that an event is about, whatever is thought of it.</summary>
    public static bool TryNetwork(QualityEvent quality, out Prefix network)
    {
        network = IsContact(quality) ? Of(quality.Class!.Predicate.Remotes[0]) : default;
        return IsContact(quality);
    }

    /// <summary>The network that a scope of contacts is about.</summary>
    public static bool TryNetwork(Purpose purpose, FlowPredicate named, out Prefix network)
    {
        var isOne = purpose == Purpose.CncContact && !named.Remotes.IsEmpty;
        network = isOne ? Of(named.Remotes[0]) : default;
        return isOne;
    }

    /// <summary>The contact that an order rests on, by the least that its events say of lists: the line by the name and
    /// the day of the earliest, so that one whose name changes meanwhile counts once. A check after a clean-up counts
    /// with what it checks, of which its line was counted already.</summary>
    /// <param name="order">One whose grounds were verified.</param>
    /// <param name="contact">The contact.</param>
    public static bool TryOf(ScopeOrder order, [NotNullWhen(true)] out BrakedContact? contact)
    {
        contact = null;
        if (order.Purpose is not (Purpose.CncContact or Purpose.RemediationCheck) || order.Class.Remotes.IsEmpty)
        {
            return false;
        }

        var (line, fromMs, sources) = (order.Subject, long.MaxValue, int.MaxValue);
        foreach (var envelope in order.Grounds)
        {
            if (!EventDocument.TryRead(envelope, out var quality) || !IsContact(quality))
            {
                continue;
            }

            sources = Math.Min(sources, quality.Sources);
            if (quality.FromMs < fromMs)
            {
                (fromMs, line) = (quality.FromMs, quality.Subject);
            }
        }

        contact = fromMs == long.MaxValue ? null : new(Of(order.Class.Remotes[0]), line, DayOf(fromMs), sources);
        return contact is not null;
    }

    /// <summary>UTC day, since the UNIX epoch.</summary>
    public static int DayOf(long ms) => (int)(ms / DayMs);

    private static bool IsContact(QualityEvent quality) => DetectionRules.Get(quality.Rule).IsContact
        && quality.Class is { } named && !named.Predicate.Remotes.IsEmpty;
}
