// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Fetching;

namespace Weir.Desk.Lists;

/// <summary>How one list stands, its file and its fetching together.</summary>
public sealed record ListStatus
{
    public required string Name { get; init; }

    public required ListRole Role { get; init; }

    /// <summary>Host it is fetched from; empty for a file that others keep.</summary>
    public string Host { get; init; } = "";

    /// <summary>Entries in force; names of domains are not counted.</summary>
    public required int Entries { get; init; }

    /// <summary>Lines that could not be read as an entry.</summary>
    public required int Refused { get; init; }

    /// <summary>When its publisher last said that this is what it has; of a file when it was last written. Null where
    /// there is no copy.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>What came of the latest fetch since the start; null for a file, or before the first.</summary>
    public FetchOutcome? LastFetch { get; init; }

    /// <summary>When it is fetched next; null for a file.</summary>
    public DateTimeOffset? NextFetch { get; init; }

    /// <summary>Whether a copy is in force; without one nothing of it is matched.</summary>
    public bool HasCopy { get; init; } = true;

    /// <summary>Why the latest reading or fetch failed; empty where it did not.</summary>
    public required string Fault { get; init; }

    /// <summary>The copy is older than the list may be.</summary>
    public required bool IsTooOld { get; init; }
}

/// <summary>The lists as they stand. Safe for any thread.</summary>
/// <param name="refresher">Reads the files.</param>
/// <param name="fetching">Fetches.</param>
/// <param name="time">Our clock.</param>
internal sealed class ListStatuses(ListRefresher refresher, ListFetching fetching, TimeProvider time)
{
    private IReadOnlyList<DeskList> _lists = [];

    /// <summary>Which lists there are from now on.</summary>
    public void Follow(IReadOnlyList<DeskList> lists) => Volatile.Write(ref _lists, lists);

    /// <summary>In the configuration's order.</summary>
    public IReadOnlyList<ListStatus> Read()
    {
        var states = refresher.States;
        var fetched = fetching.States;
        return [.. Volatile.Read(ref _lists).Select(list => Of(
            list,
            states.FirstOrDefault(state => state.Path == list.Feed.Path),
            fetched.FirstOrDefault(state => state.Source == list.Source)))];
    }

    private ListStatus Of(DeskList list, ListState? state, FetchState? fetched)
    {
        var asOf = state?.Good is null ? null : list.Source is null ? state.ChangedAt : fetched?.CheckedAt ?? state.ChangedAt;
        var role = state?.Good?.Role ?? list.Feed.Role ?? ListRole.C2;
        return new ListStatus
        {
            Name = list.Feed.Name ?? list.Feed.Path,
            Role = role,
            Host = list.Source?.Url.Host ?? "",
            HasCopy = state?.Good is not null,
            Entries = state?.Good?.Entries.Count ?? 0,
            Refused = state?.Good?.Refused.Count ?? 0,
            AsOf = asOf,
            LastFetch = fetched?.Last?.Outcome,
            NextFetch = fetched?.NextAt,
            Fault = state?.Fault ?? fetched?.Last?.Reason ?? (state?.Good is null ? "it is not fetched yet" : ""),
            IsTooOld = role is ListRole.C2 or ListRole.Sinkhole && asOf is { } at
                && time.GetUtcNow() - at > list.MaxAge,
        };
    }
}
