// SPDX-License-Identifier: Apache-2.0
//
// Asks each list's source again and says whether what is in force is what the source has and what the chain says
// (rules.md R21). Nothing in force is touched. A round asks every publisher once; rounds do not overlap, and there is a
// rest between them, so that nobody can have a publisher asked as often as they like.
using System.Globalization;
using Weir.Contracts.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Lists.Fetching;
using Weir.Wire;

namespace Weir.Desk.Lists;

/// <summary>Verifies lists. Safe for any thread.</summary>
/// <param name="refresher">What is in force.</param>
/// <param name="fetcher">Asks publishers.</param>
/// <param name="fetching">Which publishers ask to be left alone.</param>
/// <param name="record">What is on the chain.</param>
/// <param name="time">Our clock.</param>
internal sealed class ListVerifier(
    ListRefresher refresher, ListFetcher fetcher, ListFetching fetching, ListRecord record, TimeProvider time)
    : IDisposable
{
    /// <summary>From the end of a round to the begin of the next.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromMinutes(1);

    /// <summary>For a whole round; who asked waits no longer than two minutes.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(100);

    /// <summary>Publishers that are asked at once.</summary>
    private const int AtOnce = 4;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private IReadOnlyList<DeskList> _lists = [];
    private DateTimeOffset _restsUntil = DateTimeOffset.MinValue;

    /// <summary>Which lists there are from now on.</summary>
    public void Follow(IReadOnlyList<DeskList> lists) => Volatile.Write(ref _lists, lists);

    /// <summary>One round.</summary>
    /// <param name="begin">Done first, once it is sure that the round takes place.</param>
    /// <param name="chain">Folder of the desk's chain.</param>
    /// <param name="cancel">Ends it.</param>
    /// <returns>In the configuration's order; null where a round is under way or has just ended.</returns>
    public async Task<IReadOnlyList<ListVerdict>?> TryRunAsync(
        Func<Task> begin, string chain, CancellationToken cancel)
    {
        if (!await _turn.WaitAsync(TimeSpan.Zero, cancel))
        {
            return null;
        }

        try
        {
            if (time.GetUtcNow() < _restsUntil)
            {
                return null;
            }

            await begin();
            try
            {
                return await RunAsync(Volatile.Read(ref _lists), chain, cancel);
            }
            finally
            {
                _restsUntil = time.GetUtcNow() + Rest;
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose() => _turn.Dispose();

    private async Task<IReadOnlyList<ListVerdict>> RunAsync(
        IReadOnlyList<DeskList> lists, string chain, CancellationToken cancel)
    {
        using var bound = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, bound.Token);
        using var slots = new SemaphoreSlim(AtOnce, AtOnce);
        return await Task.WhenAll(lists.Select(async list =>
        {
            try
            {
                await slots.WaitAsync(either.Token);
                try
                {
                    return await VerifyAsync(list, chain, either.Token);
                }
                finally
                {
                    slots.Release();
                }
            }
            catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
            {
                return Of(list, "", ListStanding.CannotBeFetched, string.Create(
                    CultureInfo.InvariantCulture, $"the round's {Longest.TotalSeconds:0} s were over"));
            }
        }));
    }

    private async Task<ListVerdict> VerifyAsync(DeskList list, string chain, CancellationToken cancel)
    {
        if (list.Source is null)
        {
            return VerifyFile(list, chain);
        }

        var state = fetching.States.FirstOrDefault(one => one.Source == list.Source);
        if (state is { Last.RetryAfter: not null } && time.GetUtcNow() < state.NextAt)
        {
            return Of(list, "", ListStanding.CannotBeFetched, string.Create(
                CultureInfo.InvariantCulture, $"its publisher asks to be left alone; asked again at {state.NextAt:u}"));
        }

        var asked = await fetcher.AskAsync(list.Source, known: null, cancel);
        if (asked.Octets is not { } octets)
        {
            var standing = asked.Refusal.Length > 0 ? ListStanding.NotSigned : ListStanding.CannotBeFetched;
            return Of(list, "", standing, asked.Fault);
        }

        try
        {
            var digest = asked.Copy!.Digest;
            var feed = list.Source.Kind == FeedKind.File ? null : FeedReader.Read(octets, list.Feed, time);
            var verdict = Compare(list, digest, feed, chain);
            return verdict.Standing == ListStanding.ChangedSince && HeldCopy.Read(list.Source) is { } held
                && held.Copy.Digest == digest
                    ? verdict with { Reason = held.Text } : verdict;
        }
        catch (FeedException fault)
        {
            return Of(list, "", ListStanding.CannotBeFetched, fault.Message);
        }
    }

    private ListVerdict VerifyFile(DeskList list, string chain)
    {
        try
        {
            if (list.Feed.Owner is not { } owner)
            {
                return Compare(list, ListDigest.Of(list.Feed.Path), null, chain);
            }

            var signed = SignedList.Read(
                OwnedList.In(list.Feed.Path, NameOf(list), owner.Key), StateOf(list)?.Signature?.Says,
                time.GetUtcNow());
            return signed.Fault switch
            {
                null => Compare(list, ListDigest.Of(signed.Octets), null, chain),
                { Refusal.Length: > 0 } refused =>
                    Of(list, ListDigest.Of(signed.Octets), ListStanding.NotSigned, refused.Message),
                var unread => throw unread,
            };
        }
        catch (FeedException fault)
        {
            return Of(list, "", ListStanding.CannotBeRead, fault.Message);
        }
    }

    /// <summary>What is in force beside what the source has and what the chain says.</summary>
    /// <param name="list">Which.</param>
    /// <param name="now">Digest of what the source has.</param>
    /// <param name="feed">What it names, where its octets are put together anew at each fetch.</param>
    /// <param name="chain">Folder of the chain.</param>
    private ListVerdict Compare(DeskList list, string now, Feed? feed, string chain)
    {
        var inForce = StateOf(list);
        if (inForce?.Good is not { } good)
        {
            var why = inForce?.Fault ?? "it is not there yet";
            return Of(list, now, ListStanding.ChangedSince, $"nothing of it is in force: {why}");
        }

        if (inForce.Digest != now && !(feed is not null && NamesTheSame(good, feed)))
        {
            return Of(list, now, ListStanding.ChangedSince, list.Source is null
                ? "the file is looked at again every refresh; weir reload has it read now"
                : $"it is fetched again every refresh; weir watchlist refresh {list.Source.Name} does so now");
        }

        var onChain = record.OnChain(NameOf(list), chain);
        return onChain?.ResultDigest != inForce.Digest
            ? Of(list, now, ListStanding.NotOnChain, onChain is null
                ? "the chain names no digest of it since the start; health tells where the chain cannot be written"
                : $"the chain says {onChain.ResultDigest}")
            : record.IsAltered(onChain!) ? Of(
                list, now, ListStanding.NotOnChain, $"what it changed is kept as something else than {onChain!.Difference}")
            : Of(list, now, ListStanding.Same, list.Source is null && list.Feed.Owner is null
                ? "nobody signs it: the list names no owner" : "");
    }

    private ListVerdict Of(DeskList list, string now, ListStanding standing, string reason)
    {
        var state = StateOf(list);
        return new(
            NameOf(list), list.Source?.Url.Host ?? list.Feed.Path, state?.ChangedAt,
            state?.Digest ?? "", now, standing, reason);
    }

    private static string NameOf(DeskList list) => list.Feed.Name ?? list.Feed.Path;

    private ListState? StateOf(DeskList list) => refresher.States.FirstOrDefault(one => one.Path == list.Feed.Path);

    /// <summary>Whether two readings list the same, whatever is said beside it.</summary>
    private static bool NamesTheSame(Feed one, Feed other) =>
        one.Entries.Select(KeyOf).ToHashSet().SetEquals(other.Entries.Select(KeyOf))
        && one.Domains.Select(DomainOf).ToHashSet().SetEquals(other.Domains.Select(DomainOf));

    private static (Prefix What, ushort Port, byte Protocol, ListRole Role) KeyOf(ListEntry entry) =>
        (entry.What, entry.Port, entry.Protocol, entry.Role);

    private static (string Name, bool Below) DomainOf(DomainEntry domain) => (domain.Name, domain.Below);
}
