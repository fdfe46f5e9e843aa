// SPDX-License-Identifier: Apache-2.0
//
// What a contact amounts to, from what went each way (statistics.md B.1). Routers export the directions apart, so this
// is asked of sums over both. The order of the questions matters: an answer of RST alone is a refusal however often it
// was repeated; a subject that answers a probe with RST alone has contacted nobody.
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Matching;

/// <summary>What went one way, as the meters saw it (sampled packets, not their estimate).</summary>
/// <param name="Packets">Packets seen; 0 = the direction was not seen.</param>
/// <param name="Flags">Union of TCP control bits.</param>
internal readonly record struct OneWayTraffic(uint Packets, byte Flags)
{
    public const byte Fin = 1;
    public const byte Syn = 2;
    public const byte Rst = 4;
    public const byte Psh = 8;
    public const byte Ack = 16;

    /// <summary>The bits that tell; URG, ECE and CWR say nothing here.</summary>
    private const byte Telling = Fin | Syn | Rst | Psh | Ack;

    public bool Seen => Packets > 0;

    public bool IsResetAlone => (Flags & Rst) != 0 && (Flags & Telling & ~(Rst | Ack)) == 0;

    public bool IsBareSyn => (Flags & Telling) == Syn;

    /// <summary>ACK and PSH or FIN: the sender had a connection and used it.</summary>
    public bool HasSpoken => (Flags & Ack) != 0 && (Flags & (Psh | Fin)) != 0;

    /// <summary>ACK, and not of a refusal: what backscatter's victim answers is RST alone.</summary>
    public bool HasAcknowledged => (Flags & Ack) != 0 && !IsResetAlone;

    /// <summary>A bit that no RST to come can take back: with it the direction never is a refusal alone.</summary>
    public bool CannotBecomeReset => (Flags & (Fin | Syn | Psh)) != 0;

    /// <summary>SYN and ACK: the sender took a connection.</summary>
    public bool HasAccepted => (Flags & (Syn | Ack)) == (Syn | Ack);

    /// <summary>
    /// SYN and ACK, then data or FIN, in three packets or more: nobody goes so far alone, so the other side spoke where
    /// the exporter does not look (asymmetric routing, one interface exported). Backscatter stops at SYN and ACK (ADR
    /// 0007).
    /// </summary>
    public bool ImpliesPartner => Packets >= 3 && HasAccepted && HasSpoken;
}

internal static class ExchangeRule
{
    /// <summary>Judges a contact; null where it is none: nothing went out or is implied, so it is background radiation,
    /// answered by RST or not at all.</summary>
    /// <param name="protocol">IANA number.</param>
    /// <param name="outward">Subject to remote.</param>
    /// <param name="inward">Remote to subject.</param>
    /// <param name="flagsKnown">TCP flags were exported with every flow.</param>
    /// <param name="sampled">Packets were sampled, so a direction may have been missed.</param>
    public static ContactKind? Judge(
        byte protocol, OneWayTraffic outward, OneWayTraffic inward, bool flagsKnown, bool sampled)
    {
        var tcp = protocol == Protocols.Tcp;
        if (tcp && flagsKnown && !outward.Seen && inward.ImpliesPartner)
        {
            return ContactKind.OneSided;
        }

        if (!outward.Seen || (tcp && flagsKnown && outward.IsResetAlone))
        {
            return null;
        }

        var qualifies = tcp && flagsKnown ? TcpQualifies(outward, inward)
            : protocol == Protocols.Udp ? inward.Seen
            : outward.Packets >= 2 && inward.Packets >= 2;
        if (qualifies)
        {
            return ContactKind.Exchange;
        }

        if (sampled && IsBeyondBareSyn(tcp, outward, flagsKnown))
        {
            return ContactKind.OneSided;
        }

        return tcp && flagsKnown && inward.Seen && inward.IsResetAlone
            ? ContactKind.AnsweredProbe
            : ContactKind.Attempt;
    }

    /// <summary>
    /// Whether no later packet can make an exchange less of one, so that nobody has to wait for its window to close.
    /// TCP: the endpoint took the connection and both sides sent data, or three packets each way, each with a bit that
    /// no reset to come can undo. Without
    /// flags, and of other protocols: three packets each way. UDP: it was answered, and again. The doubtful is judged
    /// when the window is whole.
    /// </summary>
    public static bool IsCertain(byte protocol, OneWayTraffic outward, OneWayTraffic inward, bool flagsKnown) =>
        Math.Min(outward.Packets, inward.Packets) is var each && protocol switch
        {
            Protocols.Udp => each >= 2,
            Protocols.Tcp when flagsKnown => outward.HasAcknowledged && outward.CannotBecomeReset
                && inward.CannotBecomeReset
                    && (each >= 3 || (each == 2 && inward.HasAccepted && inward.HasSpoken && outward.HasSpoken)),
            _ => each >= 3,
        };

    private static bool TcpQualifies(OneWayTraffic outward, OneWayTraffic inward) =>
        inward.Seen && !inward.IsResetAlone && (outward.HasSpoken || (outward.Packets >= 3 && inward.Packets >= 3));

    /// <summary>Without flags a SYN cannot be told from anything else, so TCP then needs both directions.</summary>
    private static bool IsBeyondBareSyn(bool tcp, OneWayTraffic outward, bool flagsKnown) =>
        tcp ? flagsKnown && !outward.IsBareSyn && outward.Flags != 0 : true;

    /// <summary>Packets the meter saw: an exporter that scales its counts up has them scaled down
    /// again, to at least one.</summary>
    public static uint Seen(ulong packets, in Flow flow)
    {
        if (packets == 0)
        {
            return 0;
        }

        var seen = (flow.Traits & FlowTraits.Scaled) != 0 && flow.SamplingInterval > 1
            ? Math.Max(packets / flow.SamplingInterval, 1)
            : packets;
        return (uint)Math.Min(seen, uint.MaxValue);
    }

    /// <summary>The remote end is the client of the subject's own server: a row without port does
    /// not speak of it.</summary>
    public static bool IsOwnServer(in Flow flow) =>
        flow.Opener == FlowInitiator.Remote
        || (flow.Opener == FlowInitiator.Unknown && flow.SubjectPort is > 0 and < 1_024 && flow.RemotePort >= 1_024);
}
