// SPDX-License-Identifier: Apache-2.0
//
// Which time erasing goes by. A machine that wakes up eight days ahead would erase a week of flows and a key, and
// nothing brings them back; so the machine's clock is believed only with a witness beside it: the time that this process
// wrote down, which runs on while it runs and only goes forward, or what exporters say the time is. Where the clock is
// ahead of both by more than an hour, erasing goes by the later of the two, which is never too early, and a day of
// running later by the clock again: a process that stood still for a week must not keep what is due for ever. A clock
// that fell back erases late, which is told and harms nobody.
using System.Globalization;
using Weir.Hosting.Files;

namespace Weir.Hosting.Erasing;

/// <summary>The time by which something may be erased for its age. Safe for any thread.</summary>
public sealed class ErasureClock
{
    /// <summary>Clocks may differ so much.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromHours(1);

    /// <summary>So long, while this process runs, a clock without a witness is not believed.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _time;
    private long _looked;
    private DateTimeOffset _mark;
    private DateTimeOffset _heard;
    private TimeSpan _waited;

    private ErasureClock(string path, TimeProvider time, DateTimeOffset mark, TimeSpan waited) =>
        (_path, _time, _mark, _waited, _looked) = (path, time, mark, waited, time.GetTimestamp());

    /// <summary>Erase what is due at this time, and nothing that is due later.</summary>
    public DateTimeOffset Now => Look().Now;

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
            return new(path, time, time.GetUtcNow(), TimeSpan.Zero);
        }

        // A file that says nothing is no witness: a day without erasing, and all is well again.
        return File.ReadAllText(path).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries) is [var at, var waited]
            && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && long.TryParse(waited, NumberStyles.None, CultureInfo.InvariantCulture, out var past)
            && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds() && past <= Patience.TotalSeconds
                ? new(path, time, DateTimeOffset.FromUnixTimeSeconds(seconds), TimeSpan.FromSeconds(past))
                : new(path, time, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
    }

    /// <summary>Exporters say that it is so late: what collectors make of the clocks in their messages.</summary>
    public void Hear(DateTimeOffset at)
    {
        lock (_gate)
        {
            // One ahead of the clock is no witness for it, now or later.
            _ = Look();
            _heard = at > _heard && at <= _time.GetUtcNow() + Tolerance ? at : _heard;
        }
    }

    /// <summary>Writes the time down.</summary>
    /// <exception cref="IOException">The disk refuses; so may <see cref="UnauthorizedAccessException"/> say.</exception>
    public void Save()
    {
        long seconds;
        long waited;
        lock (_gate)
        {
            _ = Look();
            (seconds, waited) = (_mark.ToUnixTimeSeconds(), (long)_waited.TotalSeconds);
        }

        AtomicFile.Write(_path, string.Create(CultureInfo.InvariantCulture, $"{seconds} {waited}\n"));
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
            var witness = _heard > _mark ? _heard : _mark;
            if (clock > witness + Tolerance && (_waited += passed) < Patience)
            {
                return (witness, Ahead(clock, witness));
            }

            _waited = TimeSpan.Zero;
            _mark = clock > _mark ? clock : _mark;
            var isBehind = clock < _mark - Tolerance && (clock - _heard).Duration() > Tolerance;
            return (clock, isBehind ? Behind(clock, _mark) : "");
        }
    }

    private string Ahead(DateTimeOffset clock, DateTimeOffset witness) => string.Create(
        CultureInfo.InvariantCulture,
        $"this machine's clock says {clock:u}, but it was {witness:u} by what was written down here and by exporters: "
            + $"set the clock (timedatectl); where it is right, nothing more is due: until it is believed, in {Left()}, "
            + $"nothing is erased that is not due by the earlier time");

    private string Left()
    {
        var left = Patience - _waited;
        return left.TotalHours >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalHours):0} h")
            : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(left.TotalMinutes):0} min");
    }

    private static string Behind(DateTimeOffset clock, DateTimeOffset witness) => string.Create(
        CultureInfo.InvariantCulture,
        $"this machine's clock says {clock:u}, but it was {witness:u} here before: set the clock (timedatectl); meanwhile "
            + $"what is due is erased late, and no key that was erased is made again");
}
