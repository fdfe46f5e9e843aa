// SPDX-License-Identifier: Apache-2.0
//
// Records of collectors, into which the desk has no way: what somebody wants of one waits here until that collector
// asks what is wanted, which it does all the time.
using System.Collections.Concurrent;
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Serving;

namespace Weir.Desk.Collectors;

/// <summary>Asks collectors for lines of their records, and knows how these stand. Safe for any thread.</summary>
/// <param name="statuses">What collectors say of themselves.</param>
/// <param name="time">The clock.</param>
public sealed class CollectorRecords(CollectorStatuses statuses, TimeProvider time)
{
    /// <summary>How long a collector may take to ask, and to answer.</summary>
    public static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(20);

    private const int AnswerOctets = 16 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Asked> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _since = new(StringComparer.Ordinal);
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Collectors that are heard.</summary>
    public IEnumerable<string> Names => Heard.Select(one => one.Status.Name).Distinct();

    /// <summary>Those whose record is at fault, as they say, and since when that is known.</summary>
    public IReadOnlyList<(string Record, string Fault, DateTimeOffset Since)> Faults
    {
        get
        {
            // Also of one that fell silent: nobody ends a fault by saying nothing.
            var faults = statuses.All.Where(one => one.Status.RecordFault.Length > 0)
                .GroupBy(one => one.Status.Name, StringComparer.Ordinal)
                .Select(one => (
                    Name: one.Key, RecordFault: string.Join("; ", one.Select(each => each.Status.RecordFault).Distinct())))
                .ToList();
            foreach (var over in _since.Keys.Except(faults.Select(one => one.Name)))
            {
                _ = _since.TryRemove(over, out _);
            }

            return
            [
                .. faults.Select(one => (one.Name, one.RecordFault, _since.GetOrAdd(one.Name, time.GetUtcNow()))),
            ];
        }
    }

    private IEnumerable<HeardStatus> Heard =>
        statuses.All.Where(one => statuses.AgeOf(one) <= CollectorStatuses.SilentAfter);

    /// <summary>Writes the routes.</summary>
    public PeerRoutes Map(PeerRoutes routes) => routes
        .Get(RecordRoutes.Asked, PeerRoles.Collector, RecordJson.Default.RecordAsk, AskedAsync)
        .Post(
            RecordRoutes.Answer, PeerRoles.Collector, RecordJson.Default.RecordAnswer, DeskJson.Default.Done, AnswerAsync,
            AnswerOctets);

    /// <summary>Lines of a collector's record.</summary>
    /// <param name="name">The collector's.</param>
    /// <param name="ask">Which; a number is given here.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="PeerDownException">It did not answer in time, or is not heard.</exception>
    public async Task<IReadOnlyList<string>> ReadAsync(string name, RecordAsk ask, CancellationToken cancel)
    {
        var heard = Heard.FirstOrDefault(one => one.Status.Name == name) ?? throw Silent(name);
        var asked = new Asked(heard.Peer, name, ask with { Number = RequestNumber.Create() });
        TaskCompletionSource told;
        lock (_gate)
        {
            _asked.Add(asked.Ask.Number, asked);
            (told, _news) = (_news, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        told.SetResult();
        try
        {
            return await asked.Lines.Task.WaitAsync(AnswerTime, time, cancel);
        }
        catch (TimeoutException)
        {
            throw Silent(name);
        }
        finally
        {
            lock (_gate)
            {
                _ = _asked.Remove(asked.Ask.Number);
            }
        }
    }

    private async Task<RecordAsk?> AskedAsync(PeerCall call, CancellationToken cancel)
    {
        var (name, begun) = (call.Query("name") ?? "", time.GetTimestamp());
        while (true)
        {
            Task news;
            lock (_gate)
            {
                if (_asked.Values.FirstOrDefault(one => one.IsOf(call.Peer.Name, name) && !one.IsTaken) is { } next)
                {
                    next.IsTaken = true;
                    return next.Ask;
                }

                news = _news.Task;
            }

            var left = CollectorRoutes.Patience - time.GetElapsedTime(begun);
            if (left <= TimeSpan.Zero)
            {
                return null;
            }

            try
            {
                await news.WaitAsync(left, time, cancel);
            }
            catch (TimeoutException)
            {
                return null;
            }
        }
    }

    /// <summary>What nobody waits for any more, or was asked of another, is dropped.</summary>
    private Task<Done> AnswerAsync(PeerCall call, RecordAnswer answer, CancellationToken cancel)
    {
        lock (_gate)
        {
            if (_asked.TryGetValue(answer.Number, out var asked) && asked.IsOf(call.Peer.Name, answer.Name))
            {
                _ = asked.Lines.TrySetResult(answer.Lines);
            }
        }

        return Task.FromResult(Done.It);
    }

    private static PeerDownException Silent(string name) => new(
        name, PeerFault.TimedOut, string.Create(
            CultureInfo.InvariantCulture,
            $"collector {name} did not give lines of its record within {AnswerTime.TotalSeconds:0} s; is it running, "
                + $"and of this version?"));

    private sealed record Asked(string Peer, string Name, RecordAsk Ask)
    {
        public bool IsTaken { get; set; }

        public TaskCompletionSource<IReadOnlyList<string>> Lines { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool IsOf(string peer, string name) => Peer == peer && Name == name;
    }
}
