// SPDX-License-Identifier: Apache-2.0
//
// Standards: Server-sent events (HTML, 9.2).
using System.Globalization;

namespace Weir.Bench;

/// <summary>What viewers cost a desk, as shares of a core.</summary>
/// <param name="Before">Without them.</param>
/// <param name="During">With them.</param>
/// <param name="After">Without them again: how far it is from before is how far the figure can be trusted.</param>
/// <param name="Pages">Given to them.</param>
internal readonly record struct ViewersCost(double Before, double During, double After, int Pages)
{
    /// <summary>What is theirs.</summary>
    public double Share => During - ((Before + After) / 2);
}

/// <summary>Browsers that have the first page open, for bench/compare/console.sh: each holds a stream of what changed and
/// asks for the page again where it is told so, five seconds after the last time at the earliest, as the console's script
/// does.</summary>
internal static class NowViewers
{
    private const double TicksPerSecond = 100;

    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(5);

    private static readonly string[] Topics = ["now", "cases", "approvals", "blocks"];

    /// <param name="begin">Scheme, host and port of the console.</param>
    /// <param name="cookies">Sessions; viewers are shared out among them.</param>
    /// <param name="count">Viewers.</param>
    /// <param name="process">Number of the desk's process.</param>
    /// <param name="time">How long the desk is watched, without viewers before and after, and with them between.</param>
    public static async Task<ViewersCost> WatchAsync(
        Uri begin, string[] cookies, int count, int process, TimeSpan time)
    {
        var before = await SpentAsync(process, time);
        using var stop = new CancellationTokenSource();
        using var http = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = begin };
        using var listening = new CountdownEvent(count);
        var pages = new Pages();
        List<Task> viewers = [.. Enumerable.Range(0, count).Select(i =>
            ViewAsync(http, cookies[i % cookies.Length], listening, pages, stop.Token))];
        while (!listening.IsSet)
        {
            await Task.WhenAny(viewers.Append(Task.Delay(100)));
            if (viewers.Find(viewer => viewer.IsFaulted) is { } failed)
            {
                await failed;
            }
        }

        var from = pages.Count;
        var during = await SpentAsync(process, time);
        var given = pages.Count - from;
        await stop.CancelAsync();
        await Task.WhenAll(viewers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (viewers.Find(viewer => viewer.IsFaulted) is { } gone)
        {
            await gone; // it was sent away, and did not stop with the others
        }

        var after = await SpentAsync(process, time);
        return new(before, during, after, given);
    }

    private static async Task ViewAsync(
        HttpClient http, string cookie, CountdownEvent listening, Pages pages, CancellationToken cancel)
    {
        using var ask = Ask("/changes", cookie);
        using var answer = await http.SendAsync(ask, HttpCompletionOption.ResponseHeadersRead, cancel);
        _ = answer.EnsureSuccessStatusCode();
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
        var (isBegun, last) = (false, 0L);
        while (await lines.ReadLineAsync(cancel) is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal))
            {
                continue;
            }

            if (!isBegun)
            {
                isBegun = true;
                _ = listening.Signal();
            }
            else if (Array.Exists(Topics, topic => line.Contains($"\"{topic}\"", StringComparison.Ordinal)))
            {
                if (last != 0 && Apart - TimeProvider.System.GetElapsedTime(last) is var left && left > TimeSpan.Zero)
                {
                    await Task.Delay(left, cancel);
                }

                last = TimeProvider.System.GetTimestamp();
                using var page = Ask("/", cookie);
                using var told = await http.SendAsync(page, cancel);
                _ = told.EnsureSuccessStatusCode();
                _ = await told.Content.ReadAsByteArrayAsync(cancel);
                pages.Add();
            }
        }
    }

    private static HttpRequestMessage Ask(string path, string cookie)
    {
        var ask = new HttpRequestMessage(HttpMethod.Get, path);
        ask.Headers.Add("Cookie", cookie);
        ask.Headers.Add("Weir-Renew", "1"); // nobody uses the session
        ask.Headers.Add("Accept-Language", "en");
        return ask;
    }

    /// <summary>Of a core, user's and system's (proc(5)).</summary>
    private static async Task<double> SpentAsync(int process, TimeSpan time)
    {
        var (before, from) = (Ticks(process), TimeProvider.System.GetTimestamp());
        await Task.Delay(time);
        return (Ticks(process) - before) / TicksPerSecond / TimeProvider.System.GetElapsedTime(from).TotalSeconds;
    }

    private static double Ticks(int process) => File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ')
        .Skip(11).Take(2).Sum(field => double.Parse(field, CultureInfo.InvariantCulture));

    /// <summary>Pages that were given. Safe for any thread.</summary>
    private sealed class Pages
    {
        private int _count;

        public int Count => Volatile.Read(ref _count);

        public void Add() => Interlocked.Increment(ref _count);
    }
}
