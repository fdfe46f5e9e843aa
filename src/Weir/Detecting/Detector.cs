// SPDX-License-Identifier: Apache-2.0
//
// Step 5: counters of every subject, and the rules. A flow costs one look at its subject's line of memory, asked for while the
// flows before it are counted. Only subjects above half a floor have more, and only theirs is judged, when flow time has gone on
// by the exporters' active timeout since a bin ended: by then everything that will be told of it has been told.
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Weir.Attributing;
using Weir.Flows;
using Weir.Wire;

namespace Weir.Detecting;

/// <summary>What a detector needs from its surroundings.</summary>
public sealed record DetectorParts
{
    public DetectingOptions Options { get; init; } = new();

    /// <summary>For floors of groups and rates of lines.</summary>
    public required NetworkTable Networks { get; init; }

    /// <summary>Gives the pseudonym of a subject at a time; asked once an event.</summary>
    public required Func<IpKey, long, SubjectKey> Name { get; init; }

    public required EventSigner Signer { get; init; }

    public required IEventSink Sink { get; init; }

    public required ExporterNumbers Exporters { get; init; }

    /// <summary>Our clock where flows are live, so that one exporter's broken clock moves nobody's time; null for files.</summary>
    public TimeProvider? Clock { get; init; }
}

/// <summary>Step 5 for a part of the subjects. Not for several threads but for <see cref="Counts"/>.</summary>
public sealed unsafe class Detector : IDisposable
{
    /// <summary>Flows looked at together: enough misses of the cache at once.</summary>
    private const int Stride = 64;

    /// <summary>So many more late flows than timely ones, and time is taken to have jumped back.</summary>
    private const int LateBeforeBack = 64;

    /// <summary>Whoever sends more than so many packets without an answer floods; he does not probe.</summary>
    private const ulong ProbePackets = 10;
    private const long AheadMs = 60_000;

    /// <summary>A block is given up when its subject was below half a floor for so long.</summary>
    private const long CoolMs = 120_000;

    /// <summary>Mechanical counters are not kept longer than a day (rules.md R10).</summary>
    private const uint OldestMinutes = 24 * 60;
    private const uint SweepParts = 720;
    private const byte Fin = 0x01;
    private const byte Syn = 0x02;
    private const byte Psh = 0x08;
    private const byte Ack = 0x10;
    private const byte Control = 0x3F;

    private readonly DetectorParts _parts;
    private readonly DetectingOptions _options;
    private readonly FlowTime _time;
    private readonly Gates _gates;
    private readonly CounterTable _table;
    private readonly DetailPool _pool;
    private readonly EventBook _book;
    private readonly VolumeRules _volumes;
    private readonly TryRules _tries;
    private readonly NetworkTable? _allowed;
    private readonly NetworkTable? _mayMail;
    private readonly ulong[] _amplifiers;
    private readonly ulong[] _mailBits;
    private readonly ushort[] _mailPorts;
    private readonly ulong _key;

    private long _mark = long.MinValue;
    private long _edge = long.MinValue;
    private long _bin;
    private long _half;
    private int _late;
    private DetectingCounts _counts;
    private long _seen;
    private long _counted;
    private long _lateFlows;
    private long _ahead;
    private long _noRoom;
    private long _allowedFlows;
    private long _atBorder;
    private long _clipped;
    private long _refused;

    public Detector(DetectorParts parts)
    {
        _parts = parts;
        _options = parts.Options;
        _time = new FlowTime(_options.ActiveTimeout);
        var rates = parts.Networks.Networks.Where(n => n.LineRate > 0).Select(n => n.LineRate).DefaultIfEmpty(0).Min();
        _gates = new Gates(_options, rates);
        _key = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        _table = new CounterTable(_options.Subjects, _key);
        _pool = new DetailPool(_options.Details);
        _book = new EventBook(parts.Name, parts.Signer, parts.Sink, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8)), (long)_options.HoldDown.TotalMilliseconds);
        _volumes = new VolumeRules(_options, _time, _book, FloorsOf, parts.Exporters.AddressOf);
        _tries = new TryRules(_options, _book, parts.Exporters.AddressOf);
        _allowed = Set(_options.AllowRemotes);
        _mayMail = Set(_options.MayMail);
        _mailPorts = [.. _options.MailPorts.Take(TrafficClass.MaxPorts)];
        _amplifiers = Bits(_options.AmplifierPorts);
        _mailBits = Bits(_mailPorts);
    }

    /// <summary>As of the end of the latest batch; may be read from any thread.</summary>
    public DetectingCounts Counts => _counts;

    /// <summary>Octets of memory set aside, taken as they are used.</summary>
    public ulong Octets => _table.Octets + ((ulong)_options.Details * DetailPool.Octets);

    /// <summary>Counts a batch. Allocates nothing unless a rule fires.</summary>
    public void Add(ReadOnlySpan<Flow> flows)
    {
        var latest = _parts.Clock is { } clock ? clock.GetUtcNow().ToUnixTimeMilliseconds() + AheadMs : long.MaxValue;
        Span<uint> homes = stackalloc uint[Stride];
        for (; !flows.IsEmpty; flows = flows[Math.Min(Stride, flows.Length)..])
        {
            var some = flows[..Math.Min(Stride, flows.Length)];
            for (var i = 0; i < some.Length; i++)
            {
                homes[i] = _table.Home(some[i].Subject);
            }

            for (var i = 0; i < some.Length; i++)
            {
                if (_table.AtHome(some[i].Subject, homes[i]) is var place && place is not null && (place->OutBlock | place->InBlock) != 0)
                {
                    Expect(some[i].PacketsOut > 0 ? place->OutBlock : place->InBlock, some[i]);
                }
            }

            for (var i = 0; i < some.Length; i++)
            {
                Take(some[i], homes[i], latest);
            }
        }

        Publish();
    }

    /// <summary>Everything that ended before has been heard: judges it, though nothing more may come. <see cref="long.MaxValue"/> says nothing.</summary>
    public void Advance(long heardMs)
    {
        if (_mark != long.MinValue && heardMs != long.MaxValue && heardMs + _time.WaitMs > _mark)
        {
            Move(heardMs + _time.WaitMs);
        }

        if (_mark > 0)
        {
            _table.Sweep((uint)Math.Max(0, (_mark / FlowTime.MinuteMs) - OldestMinutes), SweepParts);
        }

        Publish();
    }

    /// <summary>No more flows: judges all that is open and closes every event.</summary>
    public void Finish()
    {
        JudgeAll();
        _book.CloseBefore(long.MaxValue);
        Publish();
    }

    public void Dispose()
    {
        _table.Dispose();
        _pool.Dispose();
    }

    private void Expect(uint block, in Flow flow)
    {
        if (block != 0)
        {
            _pool.Expect(block, flow.EndMs / _time.BinMs);
        }
    }

    private static NetworkTable? Set(IReadOnlyList<Prefix> prefixes) =>
        prefixes.Count == 0 ? null : new NetworkTable([.. prefixes.Select(p => new Network(p))]);

    private void Publish() => _counts = new DetectingCounts
    {
        Seen = _seen,
        Counted = _counted,
        Late = _lateFlows,
        Ahead = _ahead,
        NoRoom = _noRoom,
        Allowed = _allowedFlows,
        AtBorder = _atBorder,
        Clipped = _clipped,
        Subjects = _table.Held,
        Evicted = _table.Evicted,
        Details = _pool.Held,
        DetailsRefused = _refused,
        EventsOpen = _book.Open,
        EventsOpened = _book.Opened,
        EventsClosed = _book.Closed,
        EventsRefused = _book.Refused,
    };

    private void Take(in Flow flow, uint home, long latest)
    {
        _seen++;
        if (flow.EndMs > _edge || flow.EndMs < _bin * _time.BinMs)
        {
            if (!InTime(flow, latest))
            {
                return;
            }
        }
        else if (_late > 0)
        {
            _late--;
        }

        if (_allowed?.Find(flow.Remote) is not null)
        {
            _allowedFlows++;
            return;
        }

        var minute = (uint)(flow.EndMs / FlowTime.MinuteMs);
        var place = _table.Find(flow.Subject, home, minute);
        if (place is null)
        {
            _noRoom++;
            return;
        }

        if (flow.Role == 0)
        {
            place->AtEdge = 1;
        }
        else if (place->AtEdge != 0)
        {
            _atBorder++;
            return;
        }

        _counted++;
        place->Roll(minute);
        Count(place, flow);
    }

    /// <summary>Moves time on, or says that a flow is out of it.</summary>
    private bool InTime(in Flow flow, long latest)
    {
        if (flow.EndMs > latest)
        {
            _ahead++;
            return false;
        }

        if (_mark == long.MinValue)
        {
            Begin(flow.EndMs);
        }
        else if (flow.EndMs > _edge)
        {
            Move(flow.EndMs);
        }
        else if (++_late > LateBeforeBack)
        {
            JudgeAll();
            Begin(flow.EndMs);
        }
        else
        {
            _lateFlows++;
            return false;
        }

        return true;
    }

    private void Count(SubjectCounters* place, in Flow flow)
    {
        // Sums without branches: which way a flow went is a coin's toss to the processor.
        ulong scale = flow.SamplingInterval;
        var packets = flow.PacketsOut * scale;
        var tcp = flow.Protocol == Protocols.Tcp;
        var flagged = tcp & flow.FlagsKnown;
        place->PacketsOut = SubjectCounters.Sum(place->PacketsOut, packets);
        place->OctetsOut = SubjectCounters.Sum(place->OctetsOut, (flow.OctetsOut * scale) >> 8);
        place->PacketsIn = SubjectCounters.Sum(place->PacketsIn, flow.PacketsIn * scale);
        place->OctetsIn = SubjectCounters.Sum(place->OctetsIn, (flow.OctetsIn * scale) >> 8);
        place->BareSyn = SubjectCounters.Sum(place->BareSyn, flagged & ((flow.FlagsOut & Control) == Syn) ? packets : 0);
        var silent = flagged ? (flow.FlagsOut & (Syn | Ack)) == Syn : flow.PacketsIn == 0;
        var tries = silent & packets > 0 & flow.PacketsOut <= ProbePackets & flow.Opener != Opener.Remote & (tcp | flow.Protocol == Protocols.Udp);
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

        if (tcp & packets > 0 & Holds(_mailBits, flow.RemotePort) && (mail = MailPort(flow)) >= 0)
        {
            place->Mail = SubjectCounters.Sum(place->Mail, 1);
        }

        if (flow.Protocol == Protocols.Udp & packets > 0 & Holds(_amplifiers, flow.SubjectPort))
        {
            place->ReflectedOut = SubjectCounters.Sum(place->ReflectedOut, ((flow.OctetsOut * scale) + 255) >> 8);
        }

        if (place->HasBlocks | place->PacketsOut >= _gates.PacketsOut | place->PacketsIn >= _gates.PacketsIn | place->OctetsIn >= _gates.OctetsIn
            | place->BareSyn >= _gates.BareSyn | place->Tries >= _gates.Tries | place->Mail >= _gates.Mail | place->ReflectedOut >= _gates.ReflectedOut
            | place->OctetsOut >= _gates.OctetsOut | flow.Place == FlowPlace.Spoofed)
        {
            Detail(place, flow, tries, mail);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Detail(SubjectCounters* place, in Flow flow, bool tries, int mail)
    {
        if (flow.Place == FlowPlace.Spoofed)
        {
            if (place->OutBlock != 0 || (place->PacketsOut >= _gates.Spoofed && Give(ref place->OutBlock, flow, DetailKind.Sent)))
            {
                Sent((VolumeDetail*)_pool.At(place->OutBlock), flow);
            }

            return;
        }

        if (place->OutBlock != 0 || ((place->PacketsOut >= _gates.PacketsOut || place->BareSyn >= _gates.BareSyn || place->ReflectedOut >= _gates.ReflectedOut || place->OctetsOut >= _gates.OctetsOut)
            && Give(ref place->OutBlock, flow, DetailKind.Sent)))
        {
            Sent((VolumeDetail*)_pool.At(place->OutBlock), flow);
        }

        if (place->InBlock != 0 || ((place->PacketsIn >= _gates.PacketsIn || place->OctetsIn >= _gates.OctetsIn) && Give(ref place->InBlock, flow, DetailKind.Received)))
        {
            Received((VolumeDetail*)_pool.At(place->InBlock), flow);
        }

        var begins = place->TryBlock == 0;
        if (!begins || ((place->Tries >= _gates.Tries || place->Mail >= _gates.Mail) && Give(ref place->TryBlock, flow, DetailKind.Tried)))
        {
            Tried((TryDetail*)_pool.At(place->TryBlock), flow, tries, mail, begins ? place : null);
        }
    }

    private bool Give(ref uint block, in Flow flow, DetailKind kind)
    {
        block = _pool.Take(flow.Subject, kind);
        if (block == 0)
        {
            _refused++;
            return false;
        }

        _pool.At(block)->HotAt = kind == DetailKind.Tried ? flow.EndMs / FlowTime.HalfMs : flow.EndMs / _time.BinMs;
        return true;
    }

    private void Sent(VolumeDetail* detail, in Flow flow)
    {
        float scale = flow.SamplingInterval;
        var packets = flow.PacketsOut * scale;
        var serves = flow.Protocol == Protocols.Udp && Amplifies(flow.SubjectPort);
        if (packets == 0 && !serves)
        {
            return;
        }

        detail->Head.Hear(flow);
        Span<float> amounts = stackalloc float[VolumeDetail.Sums];
        amounts.Clear();
        var kind = (int)TopRemotes.KindOf(flow.Protocol);
        amounts[kind] = packets;
        amounts[(int)Sum.Fifth] = flow.Protocol == Protocols.Tcp && flow.FlagsKnown && (flow.FlagsOut & Control) == Syn ? packets : 0;
        amounts[(int)Sum.Octets] = flow.OctetsOut * scale;
        if (serves)
        {
            amounts[(int)Sum.Service] = flow.OctetsOut * scale;
            amounts[(int)Sum.Asked] = flow.OctetsIn * scale;
            detail->Vote(flow.SubjectPort);
        }

        if (packets > 0)
        {
            detail->Top.Add(flow, kind, packets);
        }

        _clipped += detail->Spread(flow, amounts, _time.BinMs, _bin) ? 1 : 0;
    }

    private void Received(VolumeDetail* detail, in Flow flow)
    {
        float scale = flow.SamplingInterval;
        var tcp = flow.Protocol == Protocols.Tcp;
        var speaks = !tcp || !flow.FlagsKnown || ((flow.FlagsIn | flow.FlagsOut) & (Psh | Fin)) != 0;
        var counts = !tcp || !flow.FlagsKnown || (flow.FlagsIn & (Psh | Fin)) == 0;
        var packets = counts ? flow.PacketsIn * scale : 0;
        detail->Head.Hear(flow);
        Span<float> amounts = stackalloc float[VolumeDetail.Sums];
        amounts.Clear();
        var kind = (int)TopRemotes.KindOf(flow.Protocol);
        amounts[kind] = packets;
        amounts[(int)Sum.Fifth] = speaks ? flow.PacketsOut * scale : 0;
        amounts[(int)Sum.Octets] = counts ? flow.OctetsIn * scale : 0;
        if (flow.Protocol == Protocols.Udp && packets > 0)
        {
            if (Amplifies(flow.RemotePort))
            {
                amounts[(int)Sum.Service] = flow.OctetsIn * scale;
                detail->Vote(flow.RemotePort);
            }
            else if (flow.RemotePort == 0 && flow.SubjectPort == 0)
            {
                // Fragments beyond the first bear no ports; they belong to what is amplified, if anything is.
                amounts[(int)Sum.Service] = flow.OctetsIn * scale;
            }
        }

        if (packets > 0)
        {
            detail->Top.Add(flow, kind, packets);
        }

        _clipped += detail->Spread(flow, amounts, _time.BinMs, _bin) ? 1 : 0;
    }

    private void Tried(TryDetail* detail, in Flow flow, bool tries, int mail, SubjectCounters* first)
    {
        detail->Head.Hear(flow);
        if (first is not null)
        {
            detail->Begin(flow, (ushort)Math.Max(0, first->Tries - 1));
            detail->AddMail(first->Minute, first->Mail - (mail >= 0 ? 1 : 0));
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
            : flow.PacketsIn > 0;
        if (detail->Head.Sampling > 1)
        {
            if (tries)
            {
                detail->AddSampled(flow, _key);
            }

            return;
        }

        detail->Add(flow, tries || (answered && flow.PacketsOut > 0 && flow.Opener != Opener.Remote), answered, _key, _half);
    }

    /// <summary>Which of the mail ports a flow opens a connection to; -1 for none.</summary>
    private int MailPort(in Flow flow)
    {
        var at = Array.IndexOf(_mailPorts, flow.RemotePort);
        return at >= 0 && flow.Opener != Opener.Remote && (!flow.FlagsKnown || flow.SamplingInterval > 1 || (flow.FlagsOut & Syn) != 0) && _mayMail?.Find(flow.Subject) is null
            ? at
            : -1;
    }

    private bool Amplifies(ushort port) => Holds(_amplifiers, port);

    private static bool Holds(ulong[] ports, ushort port) => (ports[port >> 6] & (1UL << (port & 63))) != 0;

    private static ulong[] Bits(IEnumerable<ushort> ports)
    {
        var bits = new ulong[1_024];
        foreach (var port in ports)
        {
            bits[port >> 6] |= 1UL << (port & 63);
        }

        return bits;
    }

    private (Floors Floors, double LineRate) FloorsOf(IpKey subject) => _parts.Networks.Find(subject) is { } network
        ? (_options.Groups.GetValueOrDefault(network.Group, _options.Floors), network.LineRate)
        : (_options.Floors, 0);

    private void Begin(long markMs)
    {
        (_mark, _late) = (markMs, 0);
        (_bin, _half) = (_time.FirstOpenBin(markMs), _time.FirstOpenHalf(markMs));
        SetEdge();
    }

    private void Move(long markMs)
    {
        _mark = markMs;
        Judge(_time.FirstOpenBin(markMs), _time.FirstOpenHalf(markMs));
        SetEdge();
    }

    private void JudgeAll()
    {
        if (_mark != long.MinValue)
        {
            Judge((_edge / _time.BinMs) + 1, (_edge / FlowTime.HalfMs) + 2);
        }
    }

    /// <summary>The end of a flow that completes another bin or half minute lies beyond this.</summary>
    private void SetEdge() => _edge = Math.Max(_mark, Math.Min(((_bin + 1) * _time.BinMs) + _time.WaitMs, ((_half + 1) * FlowTime.HalfMs) + _time.ShortWaitMs) - 1);

    private void Judge(long openBin, long openHalf)
    {
        var done = (CoolMs + (long)_options.HoldDown.TotalMilliseconds) / _time.BinMs;
        var lastBin = Math.Min(openBin, _bin + FlowTime.Bins + done + 2);
        var lastHalf = Math.Min(openHalf, _half + FlowTime.Halves + (done * _time.BinMs / FlowTime.HalfMs) + 2);
        while (_bin < lastBin || _half < lastHalf)
        {
            if (_half < lastHalf && (_bin >= lastBin || (_half + 1) * FlowTime.HalfMs <= (_bin + 1) * _time.BinMs))
            {
                JudgeHalf(_half++);
            }
            else
            {
                JudgeBin(_bin++);
            }
        }

        (_bin, _half) = (Math.Max(_bin, openBin), Math.Max(_half, openHalf));
        _book.CloseBefore(_bin * _time.BinMs);
    }

    private void JudgeBin(long bin)
    {
        for (uint block = 1; block <= _pool.Top; block++)
        {
            var head = _pool.At(block);
            if (head->Kind is DetailKind.Sent or DetailKind.Received)
            {
                _volumes.Judge((VolumeDetail*)head, bin);
                DropCool(block, head, (bin - head->HotAt) * _time.BinMs);
            }
        }

        _book.CloseBefore((bin + 1) * _time.BinMs);
    }

    private void JudgeHalf(long half)
    {
        for (uint block = 1; block <= _pool.Top; block++)
        {
            var head = _pool.At(block);
            if (head->Kind == DetailKind.Tried)
            {
                _tries.Judge((TryDetail*)head, half);
                DropCool(block, head, (half - head->HotAt) * FlowTime.HalfMs);
            }
        }
    }

    private void DropCool(uint block, DetailHead* head, long coolMs)
    {
        if (coolMs < CoolMs || _book.HasOpen(head->Subject))
        {
            return;
        }

        if (_table.Find(head->Subject) is var place && place is not null)
        {
            place->OutBlock = place->OutBlock == block ? 0 : place->OutBlock;
            place->InBlock = place->InBlock == block ? 0 : place->InBlock;
            place->TryBlock = place->TryBlock == block ? 0 : place->TryBlock;
        }

        _pool.Return(block);
    }
}
