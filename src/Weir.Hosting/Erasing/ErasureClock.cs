// SPDX-License-Identifier: Apache-2.0
//
// Which time erasing goes by. A machine that wakes up eight days ahead would erase a week of flows and a key, and
// nothing brings them back; so the machine's clock is believed only with a witness beside it: the time that this
// process wrote down, which runs on while it runs and only goes forward, or what exporters say the time is. Where the
// clock is ahead of both by more than an hour, erasing goes by the later of the two, which is never too early, and a
// day of running later by the clock again: a process that stood still for a week must not keep what is due for ever. A
// clock that fell back erases late, which is told and harms nobody; where exporters say the same as it for a day of
// running, what was written down came from a clock that was wrong, and is given up.
using System.Globalization;
using Weir.Hosting.Files;

namespace Weir.Hosting.Erasing;

/// <summary>The time by which something may be erased for its age. Safe for any thread.</summary>
public sealed class ErasureClock
{
    /// <summary>Clocks may differ so much.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    /// <summary>So long, while this process runs, a clock without a witness is not believed; nor one that is behind
    /// what was written down, with one.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    /// <summary>Nothing was written down before: an earlier time in the file is none.</summary>
    private static readonly DateTimeOffset Earliest = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private long _looked;
    private DateTimeOffset _mark;
    private DateTimeOffset _heard;
    private DateTimeOffset _said;
    private TimeSpan _waited;
    private TimeSpan _behind;

    private ErasureClock(string path, TimeProvider time, DateTimeOffset mark, TimeSpan waited, TimeSpan behind) =>
        (_path, _time, _mark, _waited, _behind, _looked) = (path, time, mark, waited, behind, time.GetTimestamp());

    /// <summary>Erase what is due at this time, and nothing that is due later.</summary>
    public DateTimeOffset Now => Look().Now;

    /// <summary>The time by which nothing more may come of something: never before what it was here once, so that a
    /// clock that steps back extends nothing, unless exporters stepped back with it (<see cref="Patience"/>); and one
    /// that is ahead refuses early, which its mending mends.</summary>
    public DateTimeOffset Latest
    {
        get
        {
            lock (_gate)
            {
                _ = Look();
                return _time.GetUtcNow() is var clock && clock > _mark ? clock : _mark;
            }
        }
    }

    /// <summary>The time by which something ends by itself: never before what it was here once, as
    /// <see cref="Latest"/>, and no later than a witness says.</summary>
    public DateTimeOffset Settled
    {
        get
        {
            lock (_gate)
            {
                var (now, _) = Look();
                return now > _mark ? now : _mark;
            }
        }
    }

    /// <summary>What is wrong with the machine's clock, for the operator; empty while it has a witness.</summary>
    public string Doubt => Look().Doubt;

    /// <summary>Takes up the time that was written down. Without a file the machine's clock is believed: nothing of
    /// before is here that it could erase.</summary>
    /// <param name="path">The file; its folder is this process's own.</param>
    /// <param name="time">The machine's clock.</param>
    /// <exception cref="IOException">The file cannot be read; so may <see cref="UnauthorizedAccessException"/> say.
    /// </exception>
    public static ErasureClock Open(string path, TimeProvider time)
    {
        if (!File.Exists(path))
        {
            return new(path, time, time.GetUtcNow(), TimeSpan.Zero, TimeSpan.Zero);
        }

        // A file that says nothing is no witness: a day without erasing, and all is well again.
        List<long> said = [];
        foreach (var word in File.ReadAllText(path).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            said.Add(long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                ? value : long.MaxValue);
        }

        // A file of before has no third number.
        return said is [var at, var waited, .. var rest] && rest is [] or [_]
            && at <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && said[1..].TrueForAll(seconds => seconds <= Patience.TotalSeconds)
                ? new(
                    path, time, DateTimeOffset.FromUnixTimeSeconds(at), TimeSpan.FromSeconds(waited),
                    TimeSpan.FromSeconds(rest is [var behind] ? behind : 0))
                : new(path, time, DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.Zero);
    }

    /// <summary>Exporters say that it is so late: what collectors make of the clocks in their messages.</summary>
    public void Hear(DateTimeOffset at)
    {
        lock (_gate)
        {
            // One ahead of the clock is no witness for it, now or later.
            _ = Look();
            _said = at;
            _heard = at > _heard && at <= _time.GetUtcNow() + Tolerance ? at : _heard;
        }
    }

    /// <summary>Writes the time down.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/>
    /// say.</exception>
    public void Save()
    {
        long seconds;
        long waited;
        long behind;
        lock (_gate)
        {
            _ = Look();
            (seconds, waited) = (_mark.ToUnixTimeSeconds(), (long)_waited.TotalSeconds);
            behind = (long)_behind.TotalSeconds;
        }

        AtomicFile.Write(_path, string.Create(CultureInfo.InvariantCulture, $"{seconds} {waited} {behind}\n"));
    }

    private (DateTimeOffset Now, string Doubt) Look()
    {
        lock (_gate)
        {
            var (clock, looked) = (_time.GetUtcNow(), _time.GetTimestamp());
            var passed = _time.GetElapsedTime(_looked, looked);
            _looked = looked;
            _mark += passed;
            _heard = _heard == default ? _heard : _heard + passed;
            _said = _said == default ? _said : _said + passed;
            GiveUp(clock, passed);
            var witness = _heard > _mark ? _heard : _mark;
            if (clock > witness + Tolerance && (_waited += passed) < Patience)
            {
                return (witness, Ahead(clock, witness));
            }

            _waited = TimeSpan.Zero;
            _mark = clock > _mark ? clock : _mark;
            return (clock, clock < _mark - Tolerance ? Behind(clock) : "");
        }
    }

    /// <summary>What was written down goes where exporters say the same as a clock behind it for long enough. While
    /// nobody said anything since the start, what was waited stands.</summary>
    private void GiveUp(DateTimeOffset clock, TimeSpan passed)
    {
        if (clock >= _mark - Tolerance || (_said != default && (clock - _said).Duration() > Tolerance))
        {
            _behind = TimeSpan.Zero;
        }
        else if (_said != default && (_behind += passed) >= Patience)
        {
            (_mark, _heard, _behind) = (clock, _said, TimeSpan.Zero);
        }
    }

    private string Ahead(DateTimeOffset clock, DateTimeOffset witness) =>
        witness < Earliest && clock >= Earliest ? Unread(clock) : string.Create(
            CultureInfo.InvariantCulture,
            $"this machine's clock says {clock:u}, but it was {witness:u} by what was written down here and by "
                + $"exporters: set the clock (timedatectl); where it is right, nothing more is due: until it is "
                + $"believed, in {Left(_waited)}, nothing is erased that is not due by the earlier time");

    private string Unread(DateTimeOffset clock) => string.Create(
        CultureInfo.InvariantCulture,
        $"{_path} holds no time that can be read, so nothing says that this machine's clock, {clock:u}, is right: "
            + $"compare it (timedatectl); where it is right, stop this process, move the file away and start it "
            + $"again, or wait: until it is believed, in {Left(_waited)}, nothing is erased");

    private static string Left(TimeSpan waited)
    {
        var left = Patience - waited;
        return left.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalHours):0} h")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalMinutes):0} min");
    }

    private string Behind(DateTimeOffset clock) => string.Create(
        CultureInfo.InvariantCulture,
        $"this machine's clock says {clock:u}, but it was {_mark:u} here before: set the clock (timedatectl); "
            + $"meanwhile what is due is erased late, and no key that was erased is made again{Agreed()}");

    private string Agreed() => _behind == TimeSpan.Zero ? ""
        : $"; exporters say the same as the clock: it is believed in {Left(_behind)}";
}
