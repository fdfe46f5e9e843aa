// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Wire;

namespace Weir.Collector.Matching;

/// <summary>Who talked to which listed endpoint.</summary>
/// <param name="Subject">Its block of addresses, or its line.</param>
/// <param name="Remote">The endpoint's address.</param>
/// <param name="Port">Its port.</param>
/// <param name="Protocol">IANA number.</param>
/// <param name="IsDoubtful">Whether what is not corroborated counts too: apart, so that it neither makes an exchange of
/// what is nor casts doubt on it.</param>
internal readonly record struct ContactPair(
    IpKey Subject, IpKey Remote, ushort Port, byte Protocol, bool IsDoubtful = false);

/// <summary>
/// What went between a pair in flows that began in one slot of ten minutes. All of it are sums, unions, least and
/// greatest values, so the order in which flows come does not matter.
/// </summary>
internal struct ContactWindow
{
    public const long SlotMs = 600_000;

    /// <summary>A flow may last long, but its halves are sought this far from its start at most.</summary>
    private const long LongestReachMs = 3_600_000;

    /// <summary>No window stays open longer behind what is heard: its slot, its reach, and a slot for the other half.
    /// </summary>
    public const long LongestOpenMs = LongestReachMs + (2 * SlotMs);

    private const long LatestMs = 253_402_300_799_999;

    /// <summary>How many <see cref="Numbers"/> there are.</summary>
    public const int NumberCount = 18;

    public long Slot;

    /// <summary>Start of the first flow, end of the last.</summary>
    public long FirstMs;
    public long LastMs;

    /// <summary>Index of the next older window of the pair; -1 = none.</summary>
    public int Next;

    private long _outFirst;
    private long _outLast;
    private long _inFirst;
    private long _inLast;

    // An edge and a border exporter may both report one packet: the larger sum counts, not both (ADR 0038).
    private uint _outEdge;
    private uint _outBorder;
    private uint _inEdge;
    private uint _inBorder;
    private byte _flagsOut;
    private byte _flagsIn;
    private bool _flagsKnown;
    private bool _sampled;

    /// <summary>The subject sent what a router did not forward.</summary>
    private bool _attempted;

    /// <summary>The weightiest verdict so far together with a neighbour; kind + 1, 0 = none.</summary>
    private byte _verdict;

    /// <summary>Only inward, and the answer to what a neighbour sent.</summary>
    public bool Answers { get; private set; }

    public static ContactWindow Open(long slot) => new()
    {
        Slot = slot,
        FirstMs = long.MaxValue,
        LastMs = long.MinValue,
        Next = -1,
        _outFirst = long.MaxValue,
        _outLast = long.MinValue,
        _inFirst = long.MaxValue,
        _inLast = long.MinValue,
        _flagsKnown = true,
    };

    /// <summary>What is in it as numbers, to be written down; <see cref="Of"/> reads them.</summary>
    public readonly long[] Numbers() =>
    [
        Slot, FirstMs, LastMs, _outFirst, _outLast, _inFirst, _inLast, _outEdge, _outBorder, _inEdge, _inBorder,
        _flagsOut, _flagsIn, _flagsKnown ? 1 : 0, _sampled ? 1 : 0, _attempted ? 1 : 0, _verdict, Answers ? 1 : 0,
    ];

    /// <summary>A window of its numbers; null where they are none.</summary>
    public static ContactWindow? Of(ReadOnlySpan<long> n) => n.Length != NumberCount || n[0] != SlotOf(n[1]) ? null
        : new()
    {
        Slot = n[0],
        FirstMs = n[1],
        LastMs = n[2],
        Next = -1,
        _outFirst = n[3],
        _outLast = n[4],
        _inFirst = n[5],
        _inLast = n[6],
        _outEdge = (uint)n[7],
        _outBorder = (uint)n[8],
        _inEdge = (uint)n[9],
        _inBorder = (uint)n[10],
        _flagsOut = (byte)n[11],
        _flagsIn = (byte)n[12],
        _flagsKnown = n[13] != 0,
        _sampled = n[14] != 0,
        _attempted = n[15] != 0,
        _verdict = (byte)Math.Clamp(n[16], 0, (int)ContactKind.Exchange + 1),
        Answers = n[17] != 0,
    };

    /// <summary>Takes what another window of the same pair and slot holds.</summary>
    public void Merge(in ContactWindow other)
    {
        (FirstMs, LastMs) = (Math.Min(FirstMs, other.FirstMs), Math.Max(LastMs, other.LastMs));
        (_outFirst, _outLast) = (Math.Min(_outFirst, other._outFirst), Math.Max(_outLast, other._outLast));
        (_inFirst, _inLast) = (Math.Min(_inFirst, other._inFirst), Math.Max(_inLast, other._inLast));
        (_outEdge, _outBorder) = (Sum(_outEdge, other._outEdge), Sum(_outBorder, other._outBorder));
        (_inEdge, _inBorder) = (Sum(_inEdge, other._inEdge), Sum(_inBorder, other._inBorder));
        _flagsOut |= other._flagsOut;
        _flagsIn |= other._flagsIn;
        _flagsKnown &= other._flagsKnown;
        _sampled |= other._sampled;
        _attempted |= other._attempted;
        _verdict = Math.Max(_verdict, other._verdict);
        Answers |= other.Answers && !HasOut;
    }

    public static long SlotOf(long ms) => Math.Clamp(ms, 0, LatestMs) / SlotMs;

    public readonly bool HasOut => (_outEdge | _outBorder) != 0;

    /// <summary>The end as far as halves are sought from here.</summary>
    public readonly long ReachMs => Math.Max(_outLast, _inLast);

    public void Add(in Flow flow)
    {
        var start = Math.Clamp(flow.StartMs, 0, LatestMs);
        var end = Math.Clamp(flow.EndMs, start, LatestMs);
        var reach = Math.Min(end, start + LongestReachMs);
        FirstMs = Math.Min(FirstMs, start);
        LastMs = Math.Max(LastMs, end);
        _flagsKnown &= flow.FlagsKnown;
        _sampled |= flow.SamplingInterval > 1;
        if (flow.Is(FlowTraits.Dropped))
        {
            // What was sent went nowhere: an attempt of the subject, and nothing of the endpoint's.
            _attempted |= flow.PacketsOut > 0;
            return;
        }

        var sent = ExchangeRule.Seen(flow.PacketsOut, flow);
        if (sent > 0)
        {
            (_outFirst, _outLast) = (Math.Min(_outFirst, start), Math.Max(_outLast, reach));
            _flagsOut |= flow.FlagsOut;
            ref var sum = ref flow.Role == 0 ? ref _outEdge : ref _outBorder;
            sum = Sum(sum, sent);
        }

        var received = ExchangeRule.Seen(flow.PacketsIn, flow);
        if (received > 0)
        {
            (_inFirst, _inLast) = (Math.Min(_inFirst, start), Math.Max(_inLast, reach));
            _flagsIn |= flow.FlagsIn;
            ref var sum = ref flow.Role == 0 ? ref _inEdge : ref _inBorder;
            sum = Sum(sum, received);
        }
    }

    /// <summary>Judges two windows of one pair together where a direction of one lies within ten minutes of the other
    /// direction of the other.</summary>
    public static void Join(ref ContactWindow a, ref ContactWindow b, byte protocol)
    {
        var aOut = Gap(a._outFirst, a._outLast, b._inFirst, b._inLast) <= SlotMs;
        var bOut = Gap(b._outFirst, b._outLast, a._inFirst, a._inLast) <= SlotMs;
        if (!aOut && !bOut)
        {
            return;
        }

        a.Answers |= bOut && !a.HasOut;
        b.Answers |= aOut && !b.HasOut;
        a.Weigh(a.JudgedWith(b, takeIn: aOut, takeOut: bOut, protocol));
        b.Weigh(b.JudgedWith(a, takeIn: bOut, takeOut: aOut, protocol));
    }

    /// <summary>The verdict over the window, alone and with its neighbours; null where the subject sent nothing that
    /// counts or is implied.</summary>
    public ContactKind? Verdict(byte protocol)
    {
        if (Answers)
        {
            // What it answers was sent in a neighbour and is judged there.
            return null;
        }

        Weigh(ExchangeRule.Judge(protocol, Out, In, _flagsKnown, _sampled));
        Weigh(_attempted ? ContactKind.Attempt : null);
        return _verdict > 0 ? (ContactKind)(_verdict - 1) : null;
    }

    /// <summary>Whether what is in it already is an exchange, whatever comes; see <see
    /// cref="ExchangeRule.IsCertain"/>.</summary>
    public readonly bool IsCertain(byte protocol) => ExchangeRule.IsCertain(protocol, Out, In, _flagsKnown);

    private readonly OneWayTraffic Out => new(Math.Max(_outEdge, _outBorder), _flagsOut);

    private readonly OneWayTraffic In => new(Math.Max(_inEdge, _inBorder), _flagsIn);

    private readonly ContactKind? JudgedWith(in ContactWindow other, bool takeIn, bool takeOut, byte protocol)
    {
        var outward = takeOut ? Both(Out, other.Out) : Out;
        var inward = takeIn ? Both(In, other.In) : In;
        return ExchangeRule.Judge(
            protocol, outward, inward, _flagsKnown && other._flagsKnown, _sampled || other._sampled);
    }

    private void Weigh(ContactKind? kind) =>
        _verdict = Math.Max(_verdict, kind is { } known ? (byte)(known + 1) : (byte)0);

    private static OneWayTraffic Both(OneWayTraffic a, OneWayTraffic b) =>
        new(Sum(a.Packets, b.Packets), (byte)(a.Flags | b.Flags));

    private static uint Sum(uint a, uint b) => (uint)Math.Min((ulong)a + b, uint.MaxValue);

    /// <summary>Time between two spans, 0 where they touch; without end where one is missing.</summary>
    private static long Gap(long aFirst, long aLast, long bFirst, long bLast) =>
        aLast < aFirst || bLast < bFirst ? long.MaxValue : Math.Max(0, Math.Max(bFirst - aLast, aFirst - bLast));
}
