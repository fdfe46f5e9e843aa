// SPDX-License-Identifier: Apache-2.0
//
// Counts that go on over restarts and kills. Together with each flush, while the lanes stand between two batches, it is
// noted how far every sequence was read and what became of it; when the flush is durable, so is that. The next run goes
// on from there: what a sequence lacks between that place and the first message it sends then was in memory at the
// kill, or was sent while nobody listened. It is counted as missing, with its interval; segments that were held beyond
// the count are known by the spool's journal, and are not lost. Contact windows that the flush left open stand beside
// the count, and the next run goes on with them as soon as it can name their subjects; with them, in the same file,
// stand the contacts of those that closed, which are told when it is durable. That is so after each flush, whether or
// not it counts. So for exporters that number records, options among them:
//
//     sent = digested + other + not flows + missing, and in the store are digested + kept
//
// Where there are several collectors, what others heard and this one owns is digested here: with it, sent + taken is
// the left side.
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Collector.Decoding;
using Weir.Collector.Matching;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Accounting;

/// <summary>The account of one collector. Taken and written by one thread; its totals may be read by any.</summary>
internal sealed class Account : IDisposable
{
    /// <summary>An exporter that was silent for so long is taken up no more.</summary>
    private static readonly TimeSpan LongestAbsence = TimeSpan.FromDays(1);

    private readonly AccountFile _file;
    private readonly Pipeline _pipeline;
    private readonly Spool _spool;
    private readonly ILogger _log;
    private readonly AccountTotals _before;
    private readonly HashSet<SequenceAbsence> _told = [];
    private readonly TimeProvider _time;
    private readonly Telling _telling;
    private readonly SemaphoreSlim _one = new(1);
    private SavedAccount _last;
    private IReadOnlyList<SavedWindow> _waiting;

    /// <summary>Contacts that are told, or are to be; what is decided meanwhile comes behind them.</summary>
    private List<Sighting> _contacts;
    private long _number;
    private bool _isWritten = true;
    private bool _isTold;
    private long _resumed;
    private long _lostWindows;
    private long _count;
    private long _durable;
    private string _fault = "";

    /// <summary>Takes up what an earlier run wrote down, and gives each lane its sequences: which one an exporter will
    /// meet is the kernel's choice.</summary>
    public Account(
        AccountFile file, Pipeline pipeline, Spool spool, Telling telling, TimeProvider time, ILogger<Account> log)
    {
        (_file, _pipeline, _spool, _telling, _log, _time) = (file, pipeline, spool, telling, log, time);
        var (saved, fault) = file.Load();
        if (fault.Length > 0)
        {
            log.AccountNotRead(fault);
        }

        Generation = saved.Generation + 1;
        var kept = spool.Folder.Flows.HeldBeyond(saved.Count);
        _before = saved.Totals with { Kept = saved.Totals.Kept + kept };
        _count = saved.Count;
        _contacts = [.. saved.Contacts];
        (_last, _waiting) = (saved, saved.Windows);
        _isTold = saved.Contacts.Count == 0;
        // An account that is begun anew takes no number that the spool knows.
        _number = _isTold ? Math.Max(saved.Telling, spool.Folder.Flows.Telling) : saved.Telling;
        var heard = saved.Places.Select(place => place.LastUsedMs).DefaultIfEmpty(0).Max();
        LoseWindows(
            saved.OpenWindows - saved.Windows.Count + saved.LostContacts, heard - ContactWindow.LongestOpenMs, heard);

        var since = (time.GetUtcNow() - LongestAbsence).ToUnixTimeMilliseconds();
        var places = saved.Places.Where(place => place.LastUsedMs >= since).ToList();
        var streams = saved.Streams.Where(one => one.Stream.LastMs >= since).ToList();
        foreach (var lane in pipeline.Lanes)
        {
            lane.Decoder.Resume(places);
            lane.Decoder.Resume(streams);
        }

        pipeline.Forwarded?.Resume(saved.Forwarders);
        LostWaiting = saved.Waiting;
        if (LostWaiting > 0)
        {
            log.WaitingLost(LostWaiting);
        }

        Write(new(_count + 1, Generation, Totals, 0, places) { Streams = streams, Forwarders = saved.Forwarders });
    }

    /// <summary>How many runs wrote into it, this one among them.</summary>
    public long Generation { get; }

    /// <summary>Flows that waited for other owners when the run before this one was killed, at most: what was sent after
    /// its last count is among them.</summary>
    public long LostWaiting { get; }

    /// <summary>Durable counts, over all runs.</summary>
    public long Counts => Interlocked.Read(ref _count);

    /// <summary>Flows that were read and are in no durable count yet: what a kill would cost now.</summary>
    public long AtRisk => Math.Max(0, ReadOf(Totals) - Interlocked.Read(ref _durable));

    /// <summary>Why it cannot be written down; empty where it can.</summary>
    public string Fault => Volatile.Read(ref _fault);

    /// <summary>Over all runs, as it stands.</summary>
    public AccountTotals Totals =>
        _before + (AccountTotals.Of(_pipeline) with { Windows = Interlocked.Read(ref _lostWindows) });

    /// <summary>Contact windows of runs before that this one went on with.</summary>
    public long ResumedWindows => Interlocked.Read(ref _resumed);

    /// <summary>Intervals between runs, with what is missing in them.</summary>
    public IReadOnlyList<SequenceAbsence> Absences => [.. _pipeline.Lanes.SelectMany(lane => lane.Decoder.Absences())];

    /// <summary>As it stands now, to be committed when what was read so far is durable. While the lanes
    /// stand.</summary>
    public SavedAccount Take() => new(
        _count + 1, Generation, Totals, 0,
        [
            .. _pipeline.Lanes.SelectMany(lane => lane.Decoder.Places())
                .GroupBy(place => (place.Exporter, place.Protocol, place.Domain, place.Port))
                .Select(one => one.MaxBy(place => place.LastUsedMs)),
        ])
    {
        Streams =
        [
            .. _pipeline.Lanes.SelectMany(lane => lane.Decoder.Streams())
                .GroupBy(one => (one.Exporter, one.Key)).Select(one => one.MaxBy(s => s.Stream.LastMs)),
        ],
        Forwarders = _pipeline.Forwarded?.Positions ?? [],
        Waiting = _pipeline.Forwarding?.Waiting ?? 0,
    };

    /// <summary>Goes on with contact windows of the run before whose subjects can be named now. Not between <see
    /// cref="Take"/> and <see cref="CommitAsync"/>.</summary>
    public async Task ResumeWindowsAsync()
    {
        if (_waiting.Count == 0)
        {
            return;
        }

        var before = _waiting.Count;
        var left = await _pipeline.ResumeAsync(_waiting);
        Interlocked.Add(ref _resumed, before - left.Count);
        if (left.Count < before)
        {
            _log.WindowsResumed(before - left.Count);
        }

        // What has no key for so long never gets one.
        var since = (_time.GetUtcNow() - LongestAbsence).ToUnixTimeMilliseconds();
        var lost = left.Where(window => window.Window.LastMs < since).ToList();
        _waiting = [.. left.Where(window => window.Window.LastMs >= since)];
        LoseWindows(
            lost.Count, lost.Select(one => one.Window.FirstMs).DefaultIfEmpty(0).Min(),
            lost.Select(one => one.Window.LastMs).DefaultIfEmpty(0).Max());
    }

    /// <summary>Writes down what a flush left, and tells what it decided.</summary>
    /// <param name="taken">The count of before the flush; null where it does not count.</param>
    /// <param name="cancel">Gives up; what is written down is told by the next call, or run.</param>
    public async Task CommitAsync(SavedAccount? taken, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            Write(taken is { } counted && counted.Count == _count + 1 ? counted : null);
            await TellAsync(cancel);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task TellAsync(CancellationToken cancel)
    {
        if (_isWritten && !_isTold)
        {
            await _telling.TellAsync(_number, _contacts, cancel);
            _isTold = true;
        }
    }

    /// <summary>Writes down the count, or the last one again, with the windows that the last flush left open and what
    /// is to be told of those that it closed. A disk that refuses leaves the last file: the next has more, and nothing
    /// is told until it is there.</summary>
    private void Write(SavedAccount? counted)
    {
        TakeDecided();
        List<SavedWindow> open = [.. _waiting, .. _pipeline.Shards.SelectMany(shard => shard.OpenWindows)];
        var taken = (counted ?? _last) with
        {
            OpenWindows = open.Count,
            Windows = open,
            Telling = _number,
            Contacts = [.. _contacts],
        };
        foreach (var absence in Absences.Where(_told.Add))
        {
            Tell(absence);
        }

        try
        {
            _file.Save(taken);
            (_last, _isWritten) = (taken, true);
            _telling.Reached?.Invoke(TellingStep.Written);
            if (counted is not null)
            {
                Interlocked.Exchange(ref _count, taken.Count);
                Interlocked.Exchange(ref _durable, ReadOf(taken.Totals));
                _spool.BeginCount(taken.Count);
                _telling.Reached?.Invoke(TellingStep.Counted);
            }

            Volatile.Write(ref _fault, "");
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            if (Fault.Length == 0)
            {
                _log.AccountNotWritten(refused.Message);
            }

            Volatile.Write(ref _fault, refused.Message);
        }

        void Tell(SequenceAbsence absence)
        {
            var (exporter, missing, unit) = (absence.Exporter.ToString(), absence.Missing, absence.Unit);
            var from = DateTimeOffset.FromUnixTimeMilliseconds(absence.FromMs);
            var until = DateTimeOffset.FromUnixTimeMilliseconds(absence.UntilMs);
            _log.Absent(missing, unit, exporter, from, until);
        }
    }

    /// <summary>What was told makes room for what has been decided since. So much is kept at most of what cannot be
    /// written down; what is beyond is lost, and counted.</summary>
    private void TakeDecided()
    {
        var decided = _telling.Take();
        if (_isTold && (decided.Count > 0 || _contacts.Count > 0))
        {
            _contacts = [];
            (_number, _isTold) = (_number + 1, decided.Count == 0);
        }

        var room = Math.Min(decided.Count, ContactTracker.DefaultCapacity - _contacts.Count);
        _contacts.AddRange(decided.Take(room));
        _isWritten &= room == 0;
        if (decided.Count > room)
        {
            LoseWindows(decided.Count - room, decided[room].FirstMs, decided.Max(one => one.LastMs));
        }

        if (decided.Count > 0)
        {
            _telling.Reached?.Invoke(TellingStep.Decided);
        }
    }

    private void LoseWindows(long windows, long fromMs, long untilMs)
    {
        if (windows > 0)
        {
            Interlocked.Add(ref _lostWindows, windows);
            _log.WindowsLost(
                windows, DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, fromMs)),
                DateTimeOffset.FromUnixTimeMilliseconds(untilMs));
        }
    }

    private static long ReadOf(AccountTotals totals) => totals.Digested + totals.Other;
}

/// <summary>Event ids 1261 to 1266.</summary>
internal static partial class AccountLog
{
    [LoggerMessage(EventId = 1261, Level = LogLevel.Warning,
        Message = "{Missing} {Unit} of exporter {Exporter} are missing between {From:u} and {Until:u}: this collector "
            + "was killed or away")]
    public static partial void Absent(
        this ILogger log, long missing, string unit, string exporter, DateTimeOffset from, DateTimeOffset until);

    [LoggerMessage(EventId = 1264, Level = LogLevel.Warning,
        Message = "{Windows} contact windows between {From:u} and {Until:u} are lost: they cannot be read or written "
            + "down, or the key of their epoch is gone; a contact of that time is known only where a flow of it comes "
            + "again")]
    public static partial void WindowsLost(
        this ILogger log, long windows, DateTimeOffset from, DateTimeOffset until);

    [LoggerMessage(EventId = 1266, Level = LogLevel.Warning,
        Message = "up to {Flows} flows that waited for the collectors that own their networks went with the run "
            + "before")]
    public static partial void WaitingLost(this ILogger log, long flows);

    [LoggerMessage(EventId = 1265, Level = LogLevel.Information,
        Message = "{Windows} contact windows of the run before go on")]
    public static partial void WindowsResumed(this ILogger log, int windows);

    [LoggerMessage(EventId = 1262, Level = LogLevel.Warning,
        Message = "counts begin anew: {Reason}")]
    public static partial void AccountNotRead(this ILogger log, string reason);

    [LoggerMessage(EventId = 1263, Level = LogLevel.Warning,
        Message = "counts cannot be written down, and a kill would lose more of them: {Reason}")]
    public static partial void AccountNotWritten(this ILogger log, string reason);
}
