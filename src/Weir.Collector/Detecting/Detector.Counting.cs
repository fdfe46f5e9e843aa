// SPDX-License-Identifier: Apache-2.0
//
// What one flow adds: to the numbers of its subject, and to the subject's blocks of detail where it has
// some or earns one.
using System.Runtime.CompilerServices;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Wire;

namespace Weir.Collector.Detecting;

public sealed unsafe partial class Detector
{
    private void Count(SubjectCounters* place, in Flow flow)
    {
        if (flow.Is(FlowTraits.Dropped) && flow.Place != FlowAttribution.Spoofed)
        {
            CountDropped(place, flow);
            return;
        }

        // Sums without branches: which way a flow went is a coin's toss to the processor.
        ulong scale = flow.SamplingInterval;
        var packets = flow.PacketsOut * scale;
        var tcp = flow.Protocol == Protocols.Tcp;
        var flagged = tcp & flow.FlagsKnown;
        place->PacketsOut = SubjectCounters.Sum(place->PacketsOut, packets);
        place->OctetsOut = SubjectCounters.Sum(place->OctetsOut, (flow.OctetsOut * scale) >> 8);
        place->PacketsIn = SubjectCounters.Sum(place->PacketsIn, flow.PacketsIn * scale);
        place->OctetsIn = SubjectCounters.Sum(place->OctetsIn, (flow.OctetsIn * scale) >> 8);
        place->BareSyn = SubjectCounters.Sum(
            place->BareSyn, flagged & ((flow.FlagsOut & Control) == Syn) ? packets : 0);
        var silent = flagged ? (flow.FlagsOut & (Syn | Ack)) == Syn : flow.PacketsIn < (tcp ? Spoken : 1);
        var tries = silent & packets > 0 & flow.PacketsOut <= ProbePackets
            & flow.Opener != FlowInitiator.Remote & (tcp | flow.Protocol == Protocols.Udp);
        var mail = -1;
        if (tries)
        {
            place->Tries = SubjectCounters.Sum(place->Tries, 1);
        }
        else if (packets == 0 && place->Tries > 0 && flow.PacketsIn > 0)
        {
            // Perhaps the answer to a try told of before.
            place->Tries--;
        }

        if (tcp & packets > 0 & Contains(_mailBits, flow.RemotePort) && (mail = MailPort(flow)) >= 0)
        {
            place->SmtpConnections = SubjectCounters.Sum(place->SmtpConnections, 1);
        }

        if (flow.Protocol == Protocols.Udp & packets > 0 & Contains(_amplifiers, flow.SubjectPort))
        {
            place->ReflectedOut = SubjectCounters.Sum(place->ReflectedOut, ((flow.OctetsOut * scale) + 255) >> 8);
        }

        if (place->HasBlocks | place->PacketsOut >= _gates.PacketsOut
            | place->PacketsIn >= _gates.PacketsIn | place->OctetsIn >= _gates.OctetsIn
            | place->BareSyn >= _gates.BareSyn | place->Tries >= _gates.Tries
            | place->SmtpConnections >= _gates.SmtpConnections | place->ReflectedOut >= _gates.ReflectedOut
            | place->OctetsOut >= _gates.OctetsOut | flow.Place == FlowAttribution.Spoofed)
        {
            Detail(place, flow, tries, mail);
        }
    }

    /// <summary>What a router did not forward burdens nobody: no flood. A probe is one all the same, and a spoofed
    /// source is dropped by the very rule that finds it (BCP 38).</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void CountDropped(SubjectCounters* place, in Flow flow)
    {
        var tcp = flow.Protocol == Protocols.Tcp;
        var silent = !tcp || !flow.FlagsKnown || (flow.FlagsOut & (Syn | Ack)) == Syn;
        if (!silent || flow.PacketsOut == 0 || flow.PacketsOut > ProbePackets
            || flow.Opener == FlowInitiator.Remote || !(tcp || flow.Protocol == Protocols.Udp))
        {
            return;
        }

        place->Tries = SubjectCounters.Sum(place->Tries, 1);
        var begins = place->TryBlock == 0;
        if (!begins || (place->Tries >= _gates.Tries && AssignDetail(ref place->TryBlock, flow, SecondStageKind.Tried)))
        {
            Tried((ConnectionAttemptState*)_pool.At(place->TryBlock), flow, true, -1, begins ? place : null);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Detail(SubjectCounters* place, in Flow flow, bool tries, int mail)
    {
        if (flow.Place == FlowAttribution.Spoofed)
        {
            if (place->OutBlock != 0 || (place->PacketsOut >= _gates.Spoofed
                && AssignDetail(ref place->OutBlock, flow, SecondStageKind.Sent)))
            {
                Sent((VolumeState*)_pool.At(place->OutBlock), flow);
            }

            return;
        }

        if (place->OutBlock != 0 || ((place->PacketsOut >= _gates.PacketsOut || place->BareSyn >= _gates.BareSyn
            || place->ReflectedOut >= _gates.ReflectedOut || place->OctetsOut >= _gates.OctetsOut)
            && AssignDetail(ref place->OutBlock, flow, SecondStageKind.Sent)))
        {
            Sent((VolumeState*)_pool.At(place->OutBlock), flow);
        }

        if (place->InBlock != 0 || ((place->PacketsIn >= _gates.PacketsIn || place->OctetsIn >= _gates.OctetsIn)
            && AssignDetail(ref place->InBlock, flow, SecondStageKind.Received)))
        {
            Received((VolumeState*)_pool.At(place->InBlock), flow);
        }

        var begins = place->TryBlock == 0;
        if (!begins || ((place->Tries >= _gates.Tries || place->SmtpConnections >= _gates.SmtpConnections)
            && AssignDetail(ref place->TryBlock, flow, SecondStageKind.Tried)))
        {
            Tried((ConnectionAttemptState*)_pool.At(place->TryBlock), flow, tries, mail, begins ? place : null);
        }
    }

    private bool AssignDetail(ref uint block, in Flow flow, SecondStageKind kind)
    {
        block = _pool.Rent(flow.Subject, kind);
        if (block == 0)
        {
            _refused++;
            return false;
        }

        _pool.At(block)->HotAt =
            kind == SecondStageKind.Tried ? flow.EndMs / FlowTime.HalfMs : flow.EndMs / _time.BinMs;
        return true;
    }

    private void Sent(VolumeState* detail, in Flow flow)
    {
        float scale = flow.SamplingInterval;
        var packets = flow.PacketsOut * scale;
        var serves = flow.Protocol == Protocols.Udp && Amplifies(flow.SubjectPort);
        if (packets == 0 && !serves)
        {
            return;
        }

        detail->Head.Observe(flow);
        Span<float> amounts = stackalloc float[VolumeState.Sums];
        amounts.Clear();
        var kind = (int)TopRemotes.KindOf(flow.Protocol);
        amounts[kind] = packets;
        amounts[(int)VolumeCounter.Fifth] =
            flow.Protocol == Protocols.Tcp && flow.FlagsKnown && (flow.FlagsOut & Control) == Syn ? packets : 0;
        amounts[(int)VolumeCounter.Octets] = flow.OctetsOut * scale;
        if (serves)
        {
            amounts[(int)VolumeCounter.Service] = flow.OctetsOut * scale;
            amounts[(int)VolumeCounter.Asked] = flow.OctetsIn * scale;
            detail->Vote(flow.SubjectPort);
        }

        if (packets > 0)
        {
            detail->Top.Add(flow, kind, packets);
        }

        _clipped += detail->Spread(flow, amounts, _time.BinMs, _bin) ? 1 : 0;
        if (packets > 0 && _fastSent.AreOn && flow.Place != FlowAttribution.Spoofed
            && detail->Fast.AddSent(flow, packets, amounts[(int)VolumeCounter.Fifth], _fastSent))
        {
            _volumes.JudgeFastSent(detail, _bin);
        }
    }

    private void Received(VolumeState* detail, in Flow flow)
    {
        float scale = flow.SamplingInterval;
        var tcp = flow.Protocol == Protocols.Tcp;
        var speaks = !tcp || !flow.FlagsKnown || ((flow.FlagsIn | flow.FlagsOut) & (Psh | Fin)) != 0;
        var counts = !tcp || !flow.FlagsKnown || (flow.FlagsIn & (Psh | Fin)) == 0;
        var packets = counts ? flow.PacketsIn * scale : 0;
        detail->Head.Observe(flow);
        Span<float> amounts = stackalloc float[VolumeState.Sums];
        amounts.Clear();
        var kind = (int)TopRemotes.KindOf(flow.Protocol);
        amounts[kind] = packets;
        amounts[(int)VolumeCounter.Fifth] = speaks ? flow.PacketsOut * scale : 0;
        amounts[(int)VolumeCounter.Octets] = counts ? flow.OctetsIn * scale : 0;
        if (flow.Protocol == Protocols.Udp && packets > 0)
        {
            if (Amplifies(flow.RemotePort))
            {
                amounts[(int)VolumeCounter.Service] = flow.OctetsIn * scale;
                detail->Vote(flow.RemotePort);
            }
            else if (flow.RemotePort == 0 && flow.SubjectPort == 0)
            {
                // Fragments beyond the first bear no ports; they belong to what is amplified, if anything is.
                amounts[(int)VolumeCounter.Service] = flow.OctetsIn * scale;
            }
        }

        if (packets > 0)
        {
            detail->Top.Add(flow, kind, packets);
        }

        _clipped += detail->Spread(flow, amounts, _time.BinMs, _bin) ? 1 : 0;
        if (packets > 0 && _fastReceived.AreOn
            && detail->Fast.AddReceived(flow, packets, amounts[(int)VolumeCounter.Octets], _fastReceived))
        {
            _volumes.JudgeFastReceived(detail, _bin);
        }
    }

    private void Tried(ConnectionAttemptState* detail, in Flow flow, bool tries, int mail, SubjectCounters* first)
    {
        detail->Head.Observe(flow);
        if (first is not null)
        {
            // What was counted of another minute than this flow's was tried at another time.
            var isOfMinute = flow.EndMs / FlowTime.MinuteMs == first->Minute;
            detail->Begin(flow, (ushort)(isOfMinute ? Math.Max(0, first->Tries - 1) : 0));
            if (isOfMinute)
            {
                detail->AddMail(first->Minute, first->SmtpConnections - (mail >= 0 ? 1 : 0));
            }
        }

        if (mail >= 0 && flow.StartMs / FlowTime.HalfMs >= _half)
        {
            detail->AddMail(flow, mail, _key);
        }

        if (flow.Protocol is not (Protocols.Tcp or Protocols.Udp))
        {
            return;
        }

        var silent = flow.Protocol == Protocols.Tcp && flow.FlagsKnown;
        var answered = silent
            ? (flow.FlagsOut & Ack) != 0 || (flow.PacketsIn > 0 && (flow.FlagsIn & (Syn | Psh | Fin)) != 0)
            : flow.PacketsIn >= (flow.Protocol == Protocols.Tcp ? Spoken : 1);
        if (detail->Head.Sampling > 1)
        {
            if (tries)
            {
                detail->AddSampled(flow, _key);
            }

            return;
        }

        detail->Add(
            flow, tries || (answered && flow.PacketsOut > 0 && flow.Opener != FlowInitiator.Remote), answered,
            _key, _half);
    }

    /// <summary>Which of the mail ports a flow opens a connection to; -1 for none.</summary>
    private int MailPort(in Flow flow)
    {
        var at = Array.IndexOf(_mailPorts, flow.RemotePort);
        return at >= 0 && flow.Opener != FlowInitiator.Remote
            && (!flow.FlagsKnown || flow.SamplingInterval > 1 || (flow.FlagsOut & Syn) != 0)
            && _mayMail?.Find(flow.Subject) is null
            && _mailRelays?.Find(flow.Remote) is null
            ? at
            : -1;
    }

    private bool Amplifies(ushort port) => Contains(_amplifiers, port);

    private static bool Contains(ulong[] ports, ushort port) => (ports[port >> 6] & (1UL << (port & 63))) != 0;

    private static ulong[] Bits(IEnumerable<ushort> ports)
    {
        var bits = new ulong[1_024];
        foreach (var port in ports)
        {
            bits[port >> 6] |= 1UL << (port & 63);
        }

        return bits;
    }
}
