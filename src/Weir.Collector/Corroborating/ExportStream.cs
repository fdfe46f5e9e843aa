// SPDX-License-Identifier: Apache-2.0
//
// One stream of export datagrams: messages of one protocol, domain and sending port whose numbers and boot time go on.
// Everything is arithmetic on 32 bits that wrap. A number may be
//
//     the next              in order
//     a little ahead        loss
//     a little behind       overtaken on the way, where it was not told yet
//     told before           the same octets: a copy; others: somebody else goes on with this sequence
//     further ahead         perhaps loss, as far as the peak rate and the silence explain it: a stream of its own
//                           that succeeds this one when this one stays silent
//
// and else it continues nothing here.
using Weir.Wire;

namespace Weir.Collector.Corroborating;

/// <summary>What a message is to a stream.</summary>
internal enum Continuation : byte
{
    /// <summary>It continues another stream, or none.</summary>
    None,

    /// <summary>It lies ahead as far as loss explains, if this stream is silent from now on.</summary>
    Jumps,

    /// <summary>Other octets had its number.</summary>
    Collides,

    /// <summary>The same octets were heard before.</summary>
    Copy,

    /// <summary>It continues this one.</summary>
    Continues,
}

/// <summary>A stream and where it stands. Times are arrivals, milliseconds since the UNIX epoch.</summary>
internal sealed class ExportStream
{
    /// <summary>So many numbers in a row that two senders have, and both go on with one sequence; after fewer, so many
    /// that one has settle it.</summary>
    public const int GoesOn = 3;

    /// <summary>So many messages that continued earn standing, and no fewer.</summary>
    public const int Enough = 20;

    /// <summary>A stream without standing that was silent for longer begins anew.</summary>
    public const long LongestPauseMs = 60_000;

    /// <summary>A stream with standing that was silent for longer has it to earn anew.</summary>
    public const long LongestSilenceMs = 3_600_000;

    /// <summary>A forward jump beyond this is no loss, whatever the rate.</summary>
    public const int WidestGap = 10_000_000;

    /// <summary>A stream that was silent for longer while we listened is succeeded by none.</summary>
    private const long LongestOutageMs = 300_000;

    /// <summary>A message holds fewer records than this: after one that could not be counted the next number lies
    /// within.
    /// </summary>
    private const int LargestMessage = 8_192;

    private const int UptimeStepMs = 60_000;
    private const int NearMessages = 16;
    private const int NearRecords = 256;
    private const int SuccessorMessages = 8;
    private const int SuccessorIntervals = 4;
    private const long SecondMs = 1_000;

    private readonly HeardMessages _heard = new();
    private readonly bool _countsRecords;
    private uint _next;
    private uint? _bootMs;
    private uint _uptimeMs;
    private double _meanUnits = 1;
    private double _meanMs = SecondMs;
    private long _peak;
    private long _secondMs;
    private uint _secondFrom;
    private bool _isLoose;
    private bool _isResumed;
    private uint _reading;
    private ulong _digest;
    private Continuity _place;
    private uint _collidedNext;
    private int _collisions;
    private int _toSettle;

    private enum Continuity : byte
    {
        Ahead,
        Late,
        Collided,
    }

    /// <summary>Begins with a message, which continues nothing yet.</summary>
    public ExportStream(in StreamKey key, in ExportHeader header, ulong digest, long arrivedAtMs)
        : this(in key)
    {
        (_next, _bootMs, _uptimeMs) = (header.Sequence, BootTime.Of(in header, arrivedAtMs), header.UptimeMs);
        (BegunMs, SinceMs, LastMs, _secondMs) = (arrivedAtMs, arrivedAtMs, arrivedAtMs, arrivedAtMs);
        (_reading, _digest, _secondFrom) = (header.Sequence, digest, header.Sequence);
    }

    /// <summary>Takes up a stream of an earlier run, which had its standing.</summary>
    public ExportStream(in StreamKey key, in SavedStream saved)
        : this(in key)
    {
        (_next, _bootMs, _peak, _secondFrom) = (saved.Next, saved.BootMs, saved.Peak, saved.Next);
        (BegunMs, SinceMs, LastMs, _secondMs) = (saved.SinceMs, saved.SinceMs, saved.LastMs, saved.LastMs);
        (ContestedMs, Messages, IsStanding, _isResumed) = (saved.ContestedMs, Enough, true, true);
    }

    private ExportStream(in StreamKey key)
    {
        Key = key;
        _countsRecords = ExportProtocols.Traits(key.Protocol).NumbersRecords;
    }

    public StreamKey Key { get; }

    /// <summary>When its first message came.</summary>
    public long BegunMs { get; }

    /// <summary>From when on it goes on without a break.</summary>
    public long SinceMs { get; private set; }

    public long LastMs { get; private set; }

    /// <summary>Messages that continued it since then.</summary>
    public long Messages { get; private set; }

    /// <summary>Messages whose numbers it had told already, in other octets.</summary>
    public long Overlaps { get; private set; }

    /// <summary>When somebody else went on with its sequence last; 0 = never.</summary>
    public long ContestedMs { get; private set; }

    /// <summary>Whether it has earned that what it tells is corroborated.</summary>
    public bool IsStanding { get; set; }

    /// <summary>Whether it has its standing still: after so long a silence it has to earn it anew.</summary>
    public bool Stands(long nowMs) => IsStanding && nowMs - LastMs <= LongestSilenceMs;

    /// <summary>Whether it went on at least once, and has its place among those.</summary>
    public bool IsKept { get; set; }

    /// <summary>Whether its book keeps it no longer.</summary>
    public bool IsForgotten { get; set; }

    /// <summary>Its first datagram, until it goes on; null where there was no room for it.</summary>
    public byte[]? Held { get; set; }

    /// <summary>The stream that it lay ahead of when it began.</summary>
    public ExportStream? Before { get; set; }

    /// <summary>The other one of two that went on with one sequence.</summary>
    public ExportStream? Rival { get; private set; }

    /// <summary>Whether it went on for long enough, with numbers that count what its protocol says.</summary>
    public bool HasEarned(long afterMs) =>
        LastMs - SinceMs >= afterMs && Messages >= Enough && Overlaps * 2 <= Messages;

    /// <summary>For the next run of ours.</summary>
    public SavedStream Save() => new(_next, _bootMs, SinceMs, LastMs, _peak) { ContestedMs = ContestedMs };

    /// <summary>What a message is to it; changes nothing.</summary>
    public Continuation Weigh(in ExportHeader header, ulong digest, long arrivedAtMs)
    {
        var ahead = (int)(header.Sequence - _next);
        if (!IsOfSameBoot(in header, arrivedAtMs, Math.Abs((long)ahead) <= Near))
        {
            return Continuation.None;
        }

        if (ahead >= 0)
        {
            return ahead <= Near || (_isLoose && ahead <= LargestMessage) ? Continuation.Continues
                : ahead <= Allowed(arrivedAtMs) ? Continuation.Jumps
                : Continuation.None;
        }

        return _heard.Has(header.Sequence, digest, out var isCopy)
            ? isCopy ? Continuation.Copy : Continuation.Collides
            : -(long)ahead <= _heard.ReachBefore(_next) ? Continuation.Continues : Continuation.None;
    }

    /// <summary>Takes a message that continues it.</summary>
    public void Continue(in ExportHeader header, ulong digest, long arrivedAtMs)
    {
        var silenceMs = arrivedAtMs - LastMs;
        if (silenceMs > (IsStanding ? LongestSilenceMs : LongestPauseMs))
        {
            (SinceMs, Messages, Overlaps, IsStanding) = (arrivedAtMs, 0, 0, false);
        }

        (_reading, _digest) = (header.Sequence, digest);
        _place = (int)(header.Sequence - _next) >= 0 ? Continuity.Ahead : Continuity.Late;
        _bootMs = BootTime.Of(in header, arrivedAtMs);
        _uptimeMs = _place == Continuity.Ahead ? header.UptimeMs : _uptimeMs;
        _meanMs += (Math.Clamp(silenceMs, 0, LongestPauseMs) - _meanMs) / 16;
        LastMs = Math.Max(LastMs, arrivedAtMs);
        (_isResumed, Messages, _toSettle) = (false, Messages + 1, Math.Max(0, _toSettle - 1));
    }

    /// <summary>Takes a message whose number it told before, in other octets.</summary>
    /// <returns>Whether somebody else has gone on with this sequence for long enough.</returns>
    public bool Collide(in ExportHeader header, ulong digest)
    {
        (_reading, _digest, _place) = (header.Sequence, digest, Continuity.Collided);
        _collisions = header.Sequence == _collidedNext && _collisions > 0 ? _collisions + 1 : 1;
        _toSettle = GoesOn;
        Overlaps++;
        return _collisions >= GoesOn;
    }

    /// <summary>Somebody else goes on with its sequence: both stand as it did, and in doubt while both go on.</summary>
    /// <returns>The other's.</returns>
    public ExportStream Split(in ExportHeader header, ulong digest, long arrivedAtMs)
    {
        var other = new ExportStream(Key, in header, digest, arrivedAtMs);
        other.Inherit(this);
        (Rival, other.Rival) = (other, this);
        (ContestedMs, other.ContestedMs, _collisions) = (arrivedAtMs, arrivedAtMs, 0);
        return other;
    }

    /// <summary>Whether somebody else told a number of it a moment ago, and nobody knows yet whether he goes on.
    /// </summary>
    public bool IsUnsettled => _toSettle > 0;

    /// <summary>Whether two go on with its sequence, or did lately.</summary>
    public bool IsContested(long nowMs, long forMs)
    {
        ContestedMs = Rival is { } rival ? Math.Max(ContestedMs, Math.Min(LastMs, rival.LastMs)) : ContestedMs;
        return ContestedMs != 0 && nowMs - ContestedMs < forMs;
    }

    /// <summary>Whether the stream before it was silent ever since, for long enough that what lies between is
    /// loss.</summary>
    public bool Succeeds(long nowMs) =>
        Before is { } before && before.LastMs < BegunMs && Messages >= SuccessorMessages
        && (before._isResumed || BegunMs - before.LastMs <= LongestOutageMs)
        && nowMs - BegunMs >= Math.Max(SecondMs, SuccessorIntervals * before._meanMs);

    /// <summary>Goes on as another one did.</summary>
    public void Inherit(ExportStream before)
    {
        (SinceMs, IsStanding, ContestedMs) = (before.SinceMs, before.IsStanding, before.ContestedMs);
        Messages += before.Messages;
        Overlaps += before.Overlaps;
        (_peak, _meanUnits, _meanMs) = (Math.Max(_peak, before._peak), before._meanUnits, before._meanMs);
        Before = null;
    }

    /// <summary>The message that was taken is over and was worth so many units.</summary>
    /// <param name="units">Of its sequence; at least what is known of it.</param>
    /// <param name="isWhole">False where a part could not be counted: the next number is taken as it comes.</param>
    public void Advance(uint units, bool isWhole)
    {
        if (_place == Continuity.Collided)
        {
            _collidedNext = _reading + units;
            return;
        }

        _heard.Add(_reading, units, _digest);
        _meanUnits += (units - _meanUnits) / 16;
        if (_place == Continuity.Ahead)
        {
            _next = _reading + units;
            _isLoose = !isWhole;
            Measure();
        }
    }

    /// <summary>A number no further from the next is loss or overtaken, whatever else.</summary>
    private int Near => _countsRecords ? Math.Max(NearRecords, (int)(8 * _meanUnits)) : NearMessages;

    /// <summary>How far ahead a number may lie.</summary>
    private long Allowed(long arrivedAtMs)
    {
        var silenceMs = Math.Clamp(arrivedAtMs - LastMs, 0, LongestSilenceMs);
        return Math.Min(WidestGap, _peak * (silenceMs + SecondMs) / SecondMs);
    }

    /// <summary>How far the sequence goes in a second at most, what was lost of it counted too.</summary>
    private void Measure()
    {
        if (LastMs - _secondMs >= SecondMs)
        {
            (_secondMs, _secondFrom) = (LastMs, _reading);
        }

        _peak = Math.Max(_peak, Math.Min(WidestGap, _next - _secondFrom));
    }

    /// <summary>Clocks are set, ours and the exporter's: a number that is near and an uptime that goes on are the same
    /// boot too, for after a boot both begin anew.</summary>
    private bool IsOfSameBoot(in ExportHeader header, long arrivedAtMs, bool isNear) =>
        (BootTime.Of(in header, arrivedAtMs), _bootMs) switch
        {
            ({ } now, { } known) => !BootTime.Differs(now, known)
                || (isNear && _uptimeMs != 0 && (int)(header.UptimeMs - _uptimeMs) is >= 0 and <= UptimeStepMs),
            (null, null) => true,
            _ => false,
        };
}

/// <summary>A stream as it outlives a restart of ours.</summary>
/// <param name="Next">Its next number.</param>
/// <param name="BootMs">When its exporter booted, the lowest 32 bits of milliseconds; null where it does not
/// tell.</param>
/// <param name="SinceMs">From when on it goes on.</param>
/// <param name="LastMs">When it was heard last.</param>
/// <param name="Peak">Most units in a second.</param>
internal readonly record struct SavedStream(uint Next, uint? BootMs, long SinceMs, long LastMs, long Peak)
{
    /// <summary>When somebody else went on with its sequence last; 0 = never.</summary>
    public long ContestedMs { get; init; }
}
