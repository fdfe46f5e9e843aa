// SPDX-License-Identifier: Apache-2.0
//
// What sequence numbers tell about loss between exporter and us. The number is 32 bits and wraps; datagrams overtake
// each other; some exporters send two sequences under one name (a pair of supervisors, line cards). So a few sequences
// are followed at once, distances are signed, a late message gives back what was counted as lost, and what seemed a
// wide gap is given back when the sequence before it goes on.
//
// What a number counts is told by the protocol, and some exporters do not keep to it: records where messages are to be
// counted or the other way round, one sequence for all their domains, or nothing at all. Each other way is followed
// beside the protocol's; one that was right message by message where the protocol's was not is the exporter's from
// there on, and what was counted as lost meanwhile is given back.
//
// A restart is told by the boot time, the header's time minus its uptime, and by nothing else (RFC 3954 §5.1): late
// data has an old time and an old uptime, an outage a wide gap, and neither is a restart.
using Weir.Collector.Corroborating;
using Weir.Wire;

namespace Weir.Collector.Decoding;

/// <summary>What the next message did to a sequence.</summary>
internal enum SequenceStep : byte
{
    InOrder,
    Gap,
    Late,
    Restart,

    /// <summary>Continues nothing known: another sequence under the same name, or one that began anew.</summary>
    Unrelated,
}

/// <summary>The sequences of a protocol, a domain and a sending port.</summary>
internal sealed class SequenceTracker
{
    private const int MaxSequences = 4;

    /// <summary>A message this far from where a sequence stands belongs to it, in units of the sequence.</summary>
    private const int Near = 4_096;

    /// <summary>A forward jump up to here is loss, if no sequence goes on where it was.</summary>
    private const int WidestGap = 10_000_000;

    /// <summary>So many messages in a row by another way of counting, half of them against the protocol's, settle
    /// it.</summary>
    private const int Settles = 8;

    /// <summary>Gaps of which late messages are known from those that came twice; the oldest makes room.</summary>
    private const int MaxLacks = 32;

    /// <summary>So many messages in order, and the sequence before a gap goes on.</summary>
    private const int GoesOn = 3;

    private readonly Sequence[] _sequences = new Sequence[MaxSequences];
    private int _count;
    private int _current;
    private int _loose = -1;
    private uint? _bootMs;
    private uint? _bootBeforeMs;
    private uint _number;
    private uint _otherNext;
    private Guess _other;
    private Guess _shared;
    private Guess _still;
    private bool _hasNumber;
    private bool _countsOther;
    private bool _wasOtherRight;
    private bool _isOfBefore;
    private List<Lack>? _lacks;

    /// <summary>Another way of counting.</summary>
    private struct Guess
    {
        private int _hits;
        private int _against;
        private long _lost;

        /// <summary>Takes a message.</summary>
        /// <param name="isHit">Whether this way had its number right.</param>
        /// <param name="isAgainst">Whether the protocol's had not.</param>
        /// <param name="gap">What lacks by this way of counting, where it was not right.</param>
        /// <param name="missing">What was counted as lost by the protocol's.</param>
        /// <returns>Whether it is settled; then what was counted as lost is <paramref name="missing"/>,
        /// negative.</returns>
        public bool Settles(bool isHit, bool isAgainst, long gap, ref long missing)
        {
            if (!isHit)
            {
                // Neither was right: something was lost, and how much of what was counted is known when one settles.
                var isGap = gap is > 0 and <= Near;
                this = isAgainst && _hits + Math.Abs(_lost) > 0
                    ? new()
                    {
                        _hits = isGap ? _hits : 0, _against = isGap ? _against : 0,
                        _lost = _lost + missing - (isGap ? gap : 0),
                    }
                    : default;
                return false;
            }

            (_hits, _against, _lost) = (_hits + 1, _against + (isAgainst ? 1 : 0), _lost + missing);
            if (_hits < SequenceTracker.Settles || _against * 2 < _hits)
            {
                return false;
            }

            missing -= _lost;
            this = default;
            return true;
        }
    }

    /// <summary>Numbers that were counted as lost and may still come.</summary>
    /// <param name="From">The first.</param>
    /// <param name="Count">How many.</param>
    /// <param name="Of">The sequence that is suspected of them; -1 = none.</param>
    private readonly record struct Lack(uint From, uint Count, int Of)
    {
        public uint After => From + Count;

        public bool Holds(uint number) => number - From < Count;
    }

    private struct Sequence
    {
        public uint Expected;

        /// <summary>Counted as lost when this one began and still missing, and by which sequence's end; -1 = by none.
        /// </summary>
        public uint Suspected;
        public int Before;
        public int InOrderSince;
        public long UsedMs;
    }

    /// <summary>Taken up from an earlier run, and not heard since.</summary>
    private bool _isResumed;

    /// <summary>When it was last used, by arrival; the longest unused makes room.</summary>
    public long LastUsedMs { get; private set; }

    /// <summary>Its numbers count what the protocol says they do not: records where messages are counted, or the other
    /// way round.</summary>
    public bool CountsOther => _countsOther;

    /// <summary>It is one sequence with those of the exporter's other domains: <see cref="Observe"/> of the tracker of
    /// all says what is missing.</summary>
    public bool IsShared { get; private set; }

    /// <summary>Units between the message observed last and one before it whose worth is not known: those of that
    /// message, and what was lost behind it.</summary>
    public long Unread { get; private set; }

    /// <summary>Domain of the message that <see cref="Unread"/> tells of: one sequence may be of several.</summary>
    public uint UnreadDomain { get; private set; }

    /// <summary>Its number never changes, and tells nothing.</summary>
    public bool IsStill { get; private set; }

    /// <summary>The number after a message that could not be read tells how many records that one held.</summary>
    public bool TellsUnread => !_countsOther && !IsStill;

    /// <summary>The last number was what the other way of counting had expected.</summary>
    public bool IsOtherRight { get; private set; }

    /// <summary>What lacked in front of the last number, by the way of counting that was right last.</summary>
    public long Gap { get; private set; }

    /// <summary>Goes on where an earlier run of ours stood.</summary>
    /// <param name="place">What it saved.</param>
    public void Resume(in SequenceState place)
    {
        Begin(place.Expected, place.LastUsedMs, 0, -1);
        (_bootMs, LastUsedMs, _isResumed) = (place.BootMs, place.LastUsedMs, true);
    }

    /// <summary>Where it stands: the next number of the sequence that was used last; null before the first.</summary>
    public (uint Expected, uint? BootMs)? Place()
    {
        var last = -1;
        for (var i = 0; i < _count; i++)
        {
            last = last < 0 || _sequences[i].UsedMs >= _sequences[last].UsedMs ? i : last;
        }

        return last < 0 || IsShared || IsStill ? null : (_sequences[last].Expected, _bootMs);
    }

    /// <summary>Takes the number a message carries.</summary>
    /// <param name="header">Of the message.</param>
    /// <param name="arrivedAtMs">When it came; 0 where nobody knows.</param>
    /// <param name="missing">Units between it and the last; less than 0 where a gap turned out to be none.</param>
    public SequenceStep Observe(in ExportHeader header, long arrivedAtMs, out long missing)
    {
        (missing, Unread, Gap) = (0, 0, 0);
        (_isOfBefore, IsOtherRight) = (false, false);
        LastUsedMs = arrivedAtMs;
        var isResumed = _isResumed;
        if (_isResumed)
        {
            // A lower number is no late message after an absence: the exporter began anew.
            _isResumed = false;
            if ((int)(header.Sequence - _sequences[0].Expected) < 0)
            {
                Forget();
            }
        }

        if (BootTime.Of(in header, arrivedAtMs) is { } boot)
        {
            if (_bootMs is { } known && BootTime.Differs(boot, known))
            {
                if (_bootBeforeMs is { } before && !BootTime.Differs(boot, before))
                {
                    // Sent before the restart, arrived after it.
                    (_current, _number, _isOfBefore) = (-1, header.Sequence, true);
                    return SequenceStep.Late;
                }

                (_bootBeforeMs, _bootMs) = (known, boot);
                Forget();
                Begin(header.Sequence, arrivedAtMs, 0, -1);
                _number = header.Sequence;
                return SequenceStep.Restart;
            }

            _bootMs = boot;
        }

        if (isResumed && _count > 0 && (int)(header.Sequence - _sequences[0].Expected) is > Near and var absent)
        {
            // However long the absence: it was the same exporter, and its numbers went on.
            AddLack(_sequences[0].Expected, (uint)absent, -1);
            (_current, missing, _sequences[0].Expected) = (0, absent, header.Sequence);
            _sequences[0].UsedMs = arrivedAtMs;
            (_number, Gap) = (header.Sequence, absent);
            return SequenceStep.Gap;
        }

        var step = Follow(header.Sequence, arrivedAtMs, out missing);
        return TrySettle(header.Sequence, arrivedAtMs, ref step, ref missing) ? SequenceStep.InOrder : step;
    }

    /// <summary>Learns whether the number was right for the exporter's domains together.</summary>
    /// <param name="isRight">Whether it was.</param>
    /// <param name="gap">What the domains together lack where it was not.</param>
    /// <param name="step">What this sequence took it for.</param>
    /// <param name="missing">And what it counted as lost; corrected where that was none.</param>
    public SequenceStep Compare(bool isRight, long gap, SequenceStep step, ref long missing)
    {
        IsShared = step != SequenceStep.Restart && !IsStill
            && _shared.Settles(isRight, step != SequenceStep.InOrder, gap, ref missing);
        return IsShared ? SequenceStep.InOrder : step;
    }

    /// <summary>The message is over and was worth so many units.</summary>
    /// <param name="units">As the protocol counts.</param>
    /// <param name="others">As it does not.</param>
    public void Advance(uint units, uint others)
    {
        if (_current >= 0)
        {
            _sequences[_current].Expected += _countsOther ? others : units;
        }
    }

    /// <summary>A message came after its successors: how much of what was counted as lost it gives back. One that came
    /// twice gives nothing, nor one of before a restart.</summary>
    /// <param name="number">Of the message.</param>
    /// <param name="units">What it was worth, as the protocol counts.</param>
    /// <param name="others">As it does not.</param>
    public long TakeLate(uint number, uint units, uint others)
    {
        var at = (_lacks?.Count ?? 0) - 1;
        while (at >= 0 && !_lacks![at].Holds(number))
        {
            at--;
        }

        if (at < 0 || _isOfBefore)
        {
            return 0;
        }

        var lack = _lacks![at];
        var given = Math.Min(_countsOther ? others : units, lack.After - number);
        _lacks.RemoveAt(at);
        AddLack(number + given, lack.After - number - given, lack.Of);
        AddLack(lack.From, number - lack.From, lack.Of);
        if (lack.Of >= 0)
        {
            _sequences[lack.Of].Suspected -= given;
        }

        return given;
    }

    private void AddLack(uint from, uint count, int of)
    {
        if (count == 0)
        {
            return;
        }

        _lacks ??= [];
        if (_lacks.Count == MaxLacks)
        {
            _lacks.RemoveAt(0);
        }

        _lacks.Add(new(from, count, of));
    }

    /// <summary>The message is over, whatever its place: what would be next by the other way of counting.</summary>
    public void Guesses(uint units, uint others)
    {
        _otherNext = _number + (_countsOther ? units : others);
        _hasNumber = true;
    }

    private bool TrySettle(uint number, long arrivedAtMs, ref SequenceStep step, ref long missing)
    {
        var isAgainst = step != SequenceStep.InOrder;
        var isStill = _hasNumber && number == _number;
        var isOther = _hasNumber && number == _otherNext && !isStill;
        var gap = _hasNumber ? (int)(number - _otherNext) : 0;
        (_number, IsOtherRight) = (number, isOther);
        _wasOtherRight = isOther || (isAgainst && _wasOtherRight);
        Gap = isOther || !isAgainst ? 0 : _wasOtherRight ? gap : missing;
        if (IsStill && isStill)
        {
            (step, missing) = (SequenceStep.InOrder, 0);
            return true;
        }

        IsStill = _still.Settles(isStill, isAgainst, 0, ref missing);
        if (IsStill || !_other.Settles(isOther, isAgainst, gap, ref missing))
        {
            return IsStill;
        }

        Forget();
        (_countsOther, _wasOtherRight) = (!_countsOther, false);
        Begin(number, arrivedAtMs, 0, -1);
        return true;
    }

    /// <summary>The worth of the message is not known (IPFIX with a set that could not be read): the next number is
    /// taken as it comes, where it tells of that worth.</summary>
    /// <param name="domain">Of the message.</param>
    public void Lose(uint domain)
    {
        if (_current >= 0 && TellsUnread)
        {
            (_loose, UnreadDomain) = (_current, domain);
        }
    }

    private SequenceStep Follow(uint number, long arrivedAtMs, out long missing)
    {
        missing = 0;
        var nearest = -1;
        long distance = long.MaxValue;
        for (var i = 0; i < _count; i++)
        {
            long here = (int)(number - _sequences[i].Expected);
            if (Math.Abs(here) < Math.Abs(distance))
            {
                (nearest, distance) = (i, here);
            }
        }

        if (TryTakeLoose(number, nearest, distance, arrivedAtMs))
        {
            return SequenceStep.InOrder;
        }

        if (nearest < 0)
        {
            Begin(number, arrivedAtMs, 0, -1);
            return SequenceStep.InOrder;
        }

        if (Math.Abs(distance) <= Near)
        {
            return Continue(nearest, distance, arrivedAtMs, out missing);
        }

        if (distance > 0 && distance <= WidestGap)
        {
            missing = distance;
            Begin(number, arrivedAtMs, (uint)distance, nearest);
            AddLack(number - (uint)distance, (uint)distance, _current);
            return SequenceStep.Gap;
        }

        Begin(number, arrivedAtMs, 0, -1);
        return SequenceStep.Unrelated;
    }

    /// <summary>Whether a number goes on with the sequence whose last message is of unknown worth. One that is
    /// another's, or that comes late, leaves that sequence as it is; one that is nobody's ends the waiting.</summary>
    private bool TryTakeLoose(uint number, int nearest, long distance, long arrivedAtMs)
    {
        if (_loose < 0 || (Math.Abs(distance) <= Near && (nearest != _loose || distance < 0)))
        {
            return false;
        }

        var (at, ahead) = (_loose, (int)(number - _sequences[_loose].Expected));
        _loose = -1;
        if (ahead is < 0 or > WidestGap)
        {
            return false;
        }

        (_current, Unread, _sequences[at].Expected) = (at, ahead, number);
        _sequences[at].UsedMs = arrivedAtMs;
        return true;
    }

    private SequenceStep Continue(int at, long distance, long arrivedAtMs, out long missing)
    {
        missing = 0;
        if (distance < 0)
        {
            _current = -1;
            return SequenceStep.Late;
        }

        ref var sequence = ref _sequences[at];
        (_current, sequence.UsedMs) = (at, arrivedAtMs);
        AddLack(sequence.Expected, (uint)distance, -1);
        sequence.Expected += (uint)distance;
        missing = distance;
        if (++sequence.InOrderSince == GoesOn)
        {
            for (var i = 0; i < _count; i++)
            {
                if (_sequences[i].Suspected != 0 && _sequences[i].Before == at)
                {
                    missing -= _sequences[i].Suspected;
                    Clear(i, isLost: false);
                }
            }
        }

        return distance == 0 ? SequenceStep.InOrder : SequenceStep.Gap;
    }

    /// <summary>A sequence is suspected of nothing from here on.</summary>
    /// <param name="at">Which one.</param>
    /// <param name="isLost">Whether what it was suspected of is lost and may still come.</param>
    private void Clear(int at, bool isLost)
    {
        _sequences[at].Suspected = 0;
        for (var i = (_lacks?.Count ?? 0) - 1; i >= 0; i--)
        {
            if (_lacks![i].Of != at)
            {
                continue;
            }

            if (isLost)
            {
                _lacks[i] = _lacks[i] with { Of = -1 };
            }
            else
            {
                _lacks.RemoveAt(i);
            }
        }
    }

    /// <summary>What comes next continues nothing.</summary>
    private void Forget()
    {
        (_count, _loose) = (0, -1);
        _lacks?.Clear();
    }

    private void Begin(uint number, long arrivedAtMs, uint suspected, int before)
    {
        var at = _count;
        if (_count == MaxSequences)
        {
            at = before == 0 ? 1 : 0;
            for (var i = 0; i < MaxSequences; i++)
            {
                at = i != before && _sequences[i].UsedMs < _sequences[at].UsedMs ? i : at;
            }

            for (var i = 0; i < MaxSequences; i++)
            {
                if (i == at || _sequences[i].Before == at)
                {
                    Clear(i, isLost: true);
                }
            }
        }
        else
        {
            _count++;
        }

        if (before >= 0)
        {
            _sequences[before].InOrderSince = 0;
        }

        _sequences[at] = new Sequence
        {
            Expected = number, Suspected = suspected, Before = before, UsedMs = arrivedAtMs,
        };
        _current = at;
        _loose = _loose == at ? -1 : _loose;
    }
}
