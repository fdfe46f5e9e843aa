// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Weir.EndToEnd.Governing;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>What is tried on the four processes under their own users by who can send datagrams, and by who has their
/// files (attack 10, 30, 39).</summary>
[Collection(nameof(FourProcesses))]
public sealed class StrangerTests(FourProcesses four) : IDisposable
{
    private const int Strangers = 5_000;
    private const string Unlisted = "weir_collecting_unlisted_datagrams_total";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Rows 10 and 39: addresses that no governance names, each telling of a line that meets a listed far end.
    /// </summary>
    [Trait("Attack", "10")]
    [Trait("Attack", "39")]
    [Trait("Run", "prove")]
    [Fact]
    public async Task Five_thousand_exporters_that_nobody_named_are_sixty_five_series_and_open_nothing()
    {
        await four.StartedAsync();
        var (flows, page) = (await FlowsAsync(), await MetricsAsync());
        var counted = await four["collector"].SumAsync(Unlisted);
        var listed = File.ReadLines(Path.Combine(Path.GetDirectoryName(four.Networks)!, "watchlist.txt"))
            .First(line => IPAddress.TryParse(line, out var one) && one.AddressFamily == AddressFamily.InterNetwork);
        var told = 0;
        for (var i = 0; i < Strangers; i++)
        {
            using var stranger = new ForgingExporter(four.Traffic.Flows, $"127.{1 + (i / 250)}.0.{1 + (i % 250)}");
            await stranger.TellAsync("10.0.0.77", listed);
            if (++told % 200 == 0)
            {
                // No faster than it is read: what is shown is that they are counted, not that sockets overflow.
                await four["collector"].UntilAsync("these are counted", async () =>
                    await four["collector"].SumAsync(Unlisted) >= counted + told);
            }
        }

        var after = await MetricsAsync();
        Assert.Equal(counted + Strangers, await four["collector"].SumAsync(Unlisted));
        Assert.InRange(after.Split('\n').Count(line => line.StartsWith(Unlisted + "{", StringComparison.Ordinal)), 1, 65);
        Assert.True(after.Length < page.Length + 20_000, $"{page.Length} octets of metrics became {after.Length}");
        Assert.Equal(flows, await FlowsAsync());
        Assert.Contains(
            "exporters that collecting.exporters does not name", await GetAsync("healthz"), StringComparison.Ordinal);
    }

    /// <summary>Row 30: of a running desk's record no more than a hundred entries, or ten seconds, can be cut unseen.</summary>
    [Trait("Attack", "30")]
    [Trait("Run", "prove")]
    [Fact]
    public async Task Of_a_running_record_a_hundred_entries_or_ten_seconds_are_all_that_can_be_cut_unseen()
    {
        await four.StartedAsync();
        var asked = await four.Person.RunAsync(
            "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}\n", "--unix-socket", four.Place.Control,
            "http://weir/api/v1/cases?limit=[1-300]");
        Assert.Equal(300, asked.Out.Split('\n').Count(line => line == "200"));

        Assert.Contains("is missing", await VerifyCutAsync(150), StringComparison.Ordinal);
        var since = TimeProvider.System.GetTimestamp();
        await Until.IsSoAsync(async () =>
            (await VerifyCutAsync(1)).Contains("is missing", StringComparison.Ordinal));
        Assert.InRange(TimeProvider.System.GetElapsedTime(since).TotalSeconds, 0, 60); // ten, and what a busy machine takes
        Assert.DoesNotContain("is missing", await VerifyCutAsync(0), StringComparison.Ordinal);
    }

    /// <summary>What the verifier says of a copy whose last entries were taken away.</summary>
    private async Task<string> VerifyCutAsync(int entries)
    {
        var copy = _folder.At($"copy-{Guid.NewGuid():N}");
        _ = Directory.CreateDirectory(copy);
        foreach (var file in Directory.GetFiles(Path.Combine(four.Place.Folder("desk"), "audit"))
            .Where(file => Path.GetFileName(file) != "lock").OrderByDescending(file => Path.GetFileName(file)[0]))
        {
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        }

        var day = Directory.GetFiles(copy).Where(file => char.IsAsciiDigit(Path.GetFileName(file)[0])).Max()!;
        var lines = await File.ReadAllLinesAsync(day);
        await File.WriteAllLinesAsync(day, lines[..^entries]);
        return (await WeirProcess.RunAsync("audit", "verify", "--dir", copy)).Out;
    }

    private Task<double> FlowsAsync() => four["collector"].SumAsync("weir_attributing_flows_total");

    private Task<string> MetricsAsync() => GetAsync("metrics");

    private async Task<string> GetAsync(string page)
    {
        using var http = new HttpClient();
        return await http.GetStringAsync(
            new Uri($"http://127.0.0.1:{four.Place.Monitors["collector"]}/{page}"));
    }
}
