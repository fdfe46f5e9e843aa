// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Fetching;
using Weir.Hosting.Health;

namespace Weir.Desk.Lists;

/// <summary>Which lists there are, read, fetched and told of as one. Safe for any thread.</summary>
internal sealed class ListSet : IAlarmSource, IDisposable
{
    private readonly IReadOnlyList<FeedOptions> _kept;
    private readonly ListStatuses _statuses;

    /// <param name="lists">Where they are put in force.</param>
    /// <param name="kept">Lists that people make; always there.</param>
    /// <param name="time">Our clock.</param>
    /// <param name="logs">Where replacements and failures are told.</param>
    /// <param name="edits">Told of what is listed; null where nobody keeps edits.</param>
    /// <param name="differences">Keeps what each load changed; null where nobody does.</param>
    public ListSet(
        CurrentWatchlist lists, IReadOnlyList<FeedOptions> kept, TimeProvider time, ILoggerFactory logs,
        ListEdits? edits = null, ListDifferences? differences = null)
    {
        _kept = kept;
        Differences = differences;
        Record = new ListRecord([.. kept.Select(list => list.Path)], differences);
        Refresher = new ListRefresher(
            kept, lists, ListSource.UsualPeriod, time, logs.CreateLogger<ListRefresher>())
        {
            Edits = edits,
            Record = Record,
        };
        var fetcher = new ListFetcher(time);
        Fetching = new ListFetching(
            fetcher, () => Refresher.Refresh(), time, logs.CreateLogger<ListFetching>())
        {
            Refused = (list, result) => Record.Refuse(list, result.Refusal, result.Reason),
        };
        _statuses = new ListStatuses(Refresher, Fetching, time);
        Verifier = new ListVerifier(Refresher, fetcher, Fetching, Record, time);
    }

    public ListRefresher Refresher { get; }

    public ListFetching Fetching { get; }

    /// <summary>What each load changed; null where nobody keeps it.</summary>
    public ListDifferences? Differences { get; }

    /// <summary>What is on the chain about them.</summary>
    public ListRecord Record { get; }

    /// <summary>Asks their sources again.</summary>
    public ListVerifier Verifier { get; }

    /// <summary>Why a list that people make cannot be read, and whether a copy of it is in force.</summary>
    public IEnumerable<(string Fault, bool HasCopy)> KeptFaults => Refresher.States
        .Where(state => _kept.Any(list => list.Path == state.Path) && state.Fault is not null)
        .Select(state => (state.Fault!, state.Good is not null));

    /// <summary>Lists that accuse people and are too old to.</summary>
    public IReadOnlyList<Alarm> Alarms => [.. Read().Where(list => list.IsTooOld).Select(list => new Alarm(
        "list-too-old", list.Name, list.AsOf!.Value, string.Create(
            CultureInfo.InvariantCulture,
            $"list {list.Name} is of {list.AsOf.Value.UtcDateTime:u} and older than its max-age: {(list.Fault.Length > 0 ? list.Fault : list.Host.Length > 0 ? $"see why {list.Host} has nothing newer" : "see what should write its file")}")))];

    /// <summary>Takes lists as configured; those as before keep their copies and their turn to be fetched.</summary>
    /// <returns>What cannot be read; the rest is in force.</returns>
    public IReadOnlyList<FeedException> Follow(DeskListsOptions options)
    {
        Refresher.Period = options.Refresh;
        var faults = Refresher.Follow([.. options.Lists.Select(list => list.Feed), .. _kept], options.Always);
        Fetching.Follow([.. options.Lists.Where(list => list.Source is not null).Select(list => list.Source!)]);
        _statuses.Follow(options.Lists);
        Verifier.Follow(options.Lists);
        return faults;
    }

    /// <summary>The lists of the configuration as they stand.</summary>
    public IReadOnlyList<ListStatus> Read() => _statuses.Read();

    public void Dispose()
    {
        Fetching.Dispose();
        Verifier.Dispose();
        Record.Dispose();
    }
}
