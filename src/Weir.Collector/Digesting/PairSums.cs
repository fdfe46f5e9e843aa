// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Digesting;

/// <summary>What one flow adds to its pair.</summary>
internal static class PairSums
{
    private const uint HourMs = 3_600_000;
    private const byte Fin = 0x01;
    private const byte Syn = 0x02;
    private const byte Rst = 0x04;
    private const byte Psh = 0x08;
    private const byte Ack = 0x10;

    public static void Add(ref PairEntry entry, in Flow flow)
    {
        entry.Flows++;
        entry.PacketsOut += flow.PacketsOut * flow.SamplingInterval;
        entry.OctetsOut += flow.OctetsOut * flow.SamplingInterval;
        if (!flow.Is(FlowTraits.Dropped))
        {
            entry.PacketsIn += flow.PacketsIn * flow.SamplingInterval;
            entry.OctetsIn += flow.OctetsIn * flow.SamplingInterval;
        }

        var hourStart = (long)entry.Name.Hour * HourMs;
        entry.FirstOffsetMs = Math.Min(entry.FirstOffsetMs, (uint)(flow.StartMs - hourStart));
        entry.LastOffsetMs = Math.Max(
            entry.LastOffsetMs, (uint)Math.Min(uint.MaxValue, Math.Max(flow.EndMs, flow.StartMs) - hourStart));
        entry.Seen |= Evidence(flow);
    }

    /// <summary>What a flow says towards "both ways" (statistics.md B.1): a bare SYN is no answer-worthy speech, a lone
    /// RST no answer.</summary>
    private static ExchangeFlags Evidence(in Flow flow)
    {
        var seen = flow.SamplingInterval > 1 ? ExchangeFlags.Sampled : ExchangeFlags.None;
        if (flow.Protocol == Protocols.Tcp && !flow.FlagsKnown)
        {
            seen |= ExchangeFlags.FlagsMissing;
        }

        if (flow.Is(FlowTraits.Dropped))
        {
            // Went nowhere: speaks for neither way.
            return seen;
        }

        var flagged = flow.Protocol == Protocols.Tcp && flow.FlagsKnown;
        if (flow.PacketsOut > 0 && !(flagged && flow.FlagsOut == Syn))
        {
            seen |= ExchangeFlags.Out;
        }

        if (flow.PacketsIn > 0 && !(flagged && (flow.FlagsIn & ~(Rst | Ack)) == 0 && (flow.FlagsIn & Rst) != 0))
        {
            seen |= ExchangeFlags.In;
        }

        // Data or FIN after SYN and ACK: the subject spoke where the exporter does not look (ADR 0007).
        const byte Answered = Syn | Ack;
        if (flagged && flow.PacketsOut == 0 && flow.PacketsIn >= 3
            && (flow.FlagsIn & Answered) == Answered && (flow.FlagsIn & (Psh | Fin)) != 0)
        {
            seen |= ExchangeFlags.Out;
        }

        return seen;
    }
}
