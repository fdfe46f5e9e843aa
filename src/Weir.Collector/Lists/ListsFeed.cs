// SPDX-License-Identifier: Apache-2.0
//
// Lists come by a question that waits for another version. The body counts only where its length and digest are the
// notice's and it can be read; then it is built aside and swapped in, and kept on disk. Otherwise the lists of before
// stay in force, and the refusal has a code, is counted and said.
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Lists;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;

namespace Weir.Collector.Lists;

/// <summary>Keeps the watchlist as the desk has it.</summary>
internal sealed class ListsFeed(
    PeerClient desk, CurrentWatchlist lists, ListsCopy copy, ListsOptions options, TimeProvider time,
    ILogger<ListsFeed> log)
    : BackgroundService
{
    private const long None = -1;

    private readonly ConcurrentDictionary<string, long> _refused = new(StringComparer.Ordinal);
    private long _version = None;
    private volatile bool _hasLists;
    private string _fault = "the desk has given no lists yet";

    public ListsState State => new(Interlocked.Read(ref _version), _refused, Volatile.Read(ref _fault));

    /// <summary>Whether any are in force: the desk's, or the last good copy.</summary>
    public bool HasLists => _hasLists;

    /// <summary>The last good copy is in force before the first flow.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            var now = time.GetUtcNow();
            if (copy.Load() is { } octets && ListsDocument.TryParse(octets, now) is { } feeds)
            {
                lists.Replace(Watchlist.From(feeds, now));
                _hasLists = true;
                log.ListsRestored(lists.Current.Count);
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log.ListsNotKept(fault.Message);
        }

        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = options.FirstPause;
        while (true)
        {
            try
            {
                var hasNews = await StepAsync(stoppingToken);
                pause = options.FirstPause;
                if (hasNews)
                {
                    continue;
                }
            }
            catch (Exception fault) when (fault is PeerDownException or PeerRefusedException or ListsRefusedException)
            {
                if (Volatile.Read(ref _fault) != fault.Message)
                {
                    log.ListsStay(fault.Message);
                }

                Volatile.Write(ref _fault, fault.Message);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (Volatile.Read(ref _fault) != fault.Message)
                {
                    log.ListsNotApplied(fault);
                }

                Volatile.Write(ref _fault, fault.Message);
            }

            await Task.Delay(pause, time, stoppingToken);
            pause = pause * 2 < options.LongestPause ? pause * 2 : options.LongestPause;
        }
    }

    /// <summary>Asks once, and puts in force what is new; false where nothing is, which a desk that does not wait says
    /// at once.</summary>
    private async Task<bool> StepAsync(CancellationToken cancel)
    {
        var notice = await desk.GetAsync(
            DeskRoutes.Lists, DeskJson.Default.ListsNotice, Version(_version), options.PollTimeout, cancel);
        if (notice is null || notice.Version == _version)
        {
            Volatile.Write(ref _fault, "");
            return false;
        }

        if (notice.Octets > options.MaxOctets || notice.Octets < 0)
        {
            throw Refused("too-large", $"the lists of version {notice.Version} have {notice.Octets} octets");
        }

        var octets = await desk.GetRawAsync(
            DeskRoutes.ListsBody, (body, stop) => ReadAsync(body, notice, stop), Version(notice.Version),
            options.BodyTimeout, cancel);
        if (octets is null)
        {
            throw Refused("wrong-length", $"the lists of version {notice.Version} are not as long as announced");
        }

        if (Convert.ToHexStringLower(SHA256.HashData(octets)) != notice.Digest)
        {
            throw Refused("wrong-digest", $"the lists of version {notice.Version} are not those of their notice");
        }

        var now = time.GetUtcNow();
        if (ListsDocument.TryParse(octets, now) is not { } feeds)
        {
            throw Refused("malformed", $"the lists of version {notice.Version} cannot be read");
        }

        lists.Replace(Watchlist.From(feeds, now));
        _hasLists = true;
        Interlocked.Exchange(ref _version, notice.Version);
        Volatile.Write(ref _fault, "");
        log.ListsInForce(notice.Version, lists.Current.Count);
        Save(octets);
        return true;
    }

    private void Save(byte[] octets)
    {
        try
        {
            copy.Save(octets);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            log.ListsNotKept(fault.Message);
        }
    }

    private static async Task<byte[]?> ReadAsync(Stream body, ListsNotice notice, CancellationToken cancel)
    {
        var octets = new byte[notice.Octets];
        var read = await body.ReadAtLeastAsync(octets, octets.Length, throwOnEndOfStream: false, cancel);
        return read == octets.Length && await body.ReadAsync(new byte[1], cancel) == 0
            ? octets : null;
    }

    private ListsRefusedException Refused(string code, string sentence)
    {
        _refused.AddOrUpdate(code, 1, (_, before) => before + 1);
        return new($"{sentence}; those of before stay in force");
    }

    private static Dictionary<string, string>? Version(long version) => version == None ? null
        : new() { ["version"] = version.ToString(CultureInfo.InvariantCulture) };
}

/// <summary>Lists that are not to be believed.</summary>
internal sealed class ListsRefusedException(string message) : Exception(message);
