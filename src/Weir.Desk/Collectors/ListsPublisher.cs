// SPDX-License-Identifier: Apache-2.0
//
// The lists in force as collectors get them: octets with their digest and a version. The version is a time, so that a
// desk that starts anew never gives another content the version that a collector knows.
using System.Security.Cryptography;
using Weir.Contracts.Lists;
using Weir.Contracts.Protocol;

namespace Weir.Desk.Collectors;

/// <summary>Gives out the lists. Safe for any thread.</summary>
/// <param name="lists">In force here.</param>
/// <param name="time">For versions, and for how long an asker waits.</param>
public sealed class ListsPublisher(CurrentWatchlist lists, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Lock _building = new();
    private Watchlist? _built;
    private (ListsNotice Notice, byte[] Body)? _current;
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What is given out; null until the first <see cref="Refresh"/>.</summary>
    public ListsNotice? Notice
    {
        get
        {
            lock (_gate)
            {
                return _current?.Notice;
            }
        }
    }

    /// <summary>Looks whether other lists are in force; another reading of the same content is no news.</summary>
    public void Refresh()
    {
        lock (_building)
        {
            var next = lists.Current;
            if (ReferenceEquals(next, _built))
            {
                return;
            }

            var body = ListsDocument.Format(next.Feeds);
            var digest = Convert.ToHexStringLower(SHA256.HashData(body));
            _built = next;
            Publish(body, digest);
        }
    }

    /// <summary>The lists of another version than the one asked with, waited for.</summary>
    /// <returns>Null where there was none in that time.</returns>
    public async Task<ListsNotice?> WaitAsync(long? version, TimeSpan patience, CancellationToken cancel)
    {
        Task news;
        lock (_gate)
        {
            if (_current is { } current && current.Notice.Version != version)
            {
                return current.Notice;
            }

            news = _news.Task;
        }

        try
        {
            await news.WaitAsync(patience, time, cancel);
            return Notice;
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>The octets of a version; null where it is not given out any more.</summary>
    public ReadOnlyMemory<byte>? Body(long version)
    {
        lock (_gate)
        {
            return _current is { } current && current.Notice.Version == version
                ? (ReadOnlyMemory<byte>?)current.Body
                : null;
        }
    }

    private void Publish(byte[] body, string digest)
    {
        TaskCompletionSource told;
        lock (_gate)
        {
            if (_current is { } same && same.Notice.Digest == digest)
            {
                return;
            }

            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            var version = Math.Max(now, (_current?.Notice.Version ?? 0) + 1);
            _current = (new ListsNotice(version, digest, body.Length), body);
            told = _news;
            _news = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        told.SetResult();
    }
}
