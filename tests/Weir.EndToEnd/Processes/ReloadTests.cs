// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>The configuration read again while <c>weir serve</c> runs, by signal and by command.</summary>
public sealed partial class ReloadTests : IDisposable
{
    private const string Received = "weir_collecting_received_datagrams_total";
    private const string Dropped = "weir_collecting_kernel_dropped_datagrams_total";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Under_twenty_thousand_datagrams_a_second_none_is_lost_and_the_lists_are_new()
    {
        // The buffer holds all that is sent: a machine that is busy loses none either, a socket that is closed would.
        var place = await ConfigureAsync(file => file.Replace(
            "collecting:\n", "collecting:\n  receive-buffer: 256MiB\n", StringComparison.Ordinal));
        await using var weir = await RunningWeir.StartAsync(place);
        using var reloaded = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        var sending = SendAsync(place, reloaded.Token);
        await weir.UntilAsync("datagrams come", async () => await weir.SumAsync(Received) > 10_000);

        _ = _folder.File("second.txt", "203.0.113.77:8443\n203.0.113.78\n203.0.113.79\n");
        await EditAsync(place, file => file.Replace(
            "matching:\n  lists:\n",
            $"matching:\n  lists:\n    - name: second\n      path: {_folder.At("second.txt")}\n",
            StringComparison.Ordinal));
        await weir.HangUpAsync();
        await weir.UntilAsync("the collector has the new list", async () =>
            await weir.SumAsync("weir_lists_copy_entries", "second") == 3);
        var (code, _) = await ReloadAsync(place);
        Assert.Equal(0, code);
        await reloaded.CancelAsync();

        var sent = await sending;
        await weir.UntilAsync("all are taken", async () => await weir.SumAsync(Received) >= sent);
        Assert.Equal(sent, await weir.SumAsync(Received));
        Assert.Equal(0, await weir.SumAsync(Dropped));
        Assert.Equal(sent, await weir.SumAsync("weir_decoding_datagrams_total"));
        Assert.Equal(0, await weir.StopAsync());
    }

    [Fact]
    public async Task What_can_change_changes_what_cannot_is_named_and_a_file_with_a_fault_is_refused_whole()
    {
        var place = await ConfigureAsync(file => file);
        await using var weir = await RunningWeir.StartAsync(place);
        var (code, rows) = await ReloadAsync(place);
        Assert.Equal((0, "as before"), (code, Assert.Single(rows).State));

        await EditAsync(place, file => file
            .Replace("decoding:\n", "decoding:\n  exporters:\n    - address: 127.0.0.1\n      sampling: 7\n",
                StringComparison.Ordinal)
            .Replace("  flush-interval: 1s\ncomparing", "  flush-interval: 3s\ncomparing", StringComparison.Ordinal)
            + "\ndetecting:\n  floors:\n    out: 12345\n  subjects: 5000\n");
        (code, rows) = await ReloadAsync(place);
        Assert.Equal(1, code);
        Assert.Equal(
            ["decoding.exporters changed", "detecting.floors.out changed", "detecting.subjects at next start",
                "digesting.flush-interval at next start"],
            rows.Select(row => $"{row.Setting} {row.State}").Order(StringComparer.Ordinal));
        Assert.Contains(
            "weir collector cannot change these while it runs, and takes them at its next start: "
            + "detecting.subjects, digesting.flush-interval", weir.Log, StringComparison.Ordinal);

        await RefusedAsync(place, weir);
        Assert.Equal(0, await weir.StopAsync());
    }

    /// <summary>Sends until told to stop, two seconds and more.</summary>
    /// <returns>Datagrams.</returns>
    private static async Task<long> SendAsync(ServeFixture place, CancellationToken stop)
    {
        var sent = 0L;
        do
        {
            var blast = await WeirProcess.RunAsync(
                "lab", "blast", "--to", $"127.0.0.1:{place.Flows}", "--pps", "20000", "--seconds", "2");
            Assert.True(blast.ExitCode == 0, blast.Error);
            sent += long.Parse(Number().Match(blast.Out).Value, CultureInfo.InvariantCulture);
        }
        while (!stop.IsCancellationRequested);
        return sent;
    }

    private async Task RefusedAsync(ServeFixture place, RunningWeir weir)
    {
        var entries = await weir.SumAsync("weir_lists_copy_entries");
        var sound = await File.ReadAllTextAsync(place.Configuration);
        await EditAsync(place, file => file.Replace(
            "matching:\n  lists:\n", "matching:\n  lists: []\n  typo: 1\nignored:\n", StringComparison.Ordinal));
        var line = Array.FindIndex(await File.ReadAllLinesAsync(place.Configuration), one => one == "  typo: 1") + 1;
        var refused = await WeirProcess.RunAsync("reload", "--config", place.Configuration);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"weir.yaml:{line}:3: matching.typo is not a setting", refused.Error, StringComparison.Ordinal);

        await weir.HangUpAsync();
        await weir.UntilAsync("it refuses", () => Task.FromResult(weir.Log.Contains(
            "weir serve refuses the configuration; what was in force stays in force, whole",
            StringComparison.Ordinal)));
        Assert.Contains($"weir.yaml:{line}:3: matching.typo is not a setting", weir.Log, StringComparison.Ordinal);
        Assert.Equal(entries, await weir.SumAsync("weir_lists_copy_entries"));

        await File.WriteAllTextAsync(place.Configuration, sound);
        File.Delete(_folder.At("provider/watchlist.txt"));
        var (code, rows) = await ReloadAsync(place);
        Assert.Equal(1, code);
        Assert.Contains(rows, row => row.State == "not taken"
            && row.Reason.Contains("provider/watchlist.txt", StringComparison.Ordinal));
        Assert.Equal(entries, await weir.SumAsync("weir_lists_copy_entries"));
    }

    private async Task<ServeFixture> ConfigureAsync(Func<string, string> edit)
    {
        var place = ServeFixture.MakeOwn(_folder, ["10.0.0.0/16"], ["203.0.113.66:443"], "", "lab");
        await EditAsync(place, edit);
        return place;
    }

    private static async Task EditAsync(ServeFixture place, Func<string, string> edit)
    {
        var before = await File.ReadAllTextAsync(place.Configuration);
        await File.WriteAllTextAsync(place.Configuration, edit(before));
    }

    private static async Task<(int Code, List<Row> Rows)> ReloadAsync(ServeFixture place)
    {
        var result = await WeirProcess.RunAsync("reload", "--config", place.Configuration, "-o", "json");
        Assert.True(result.ExitCode is 0 or 1, result.Error);
        return (result.ExitCode, JsonSerializer.Deserialize<List<Row>>(result.Out, JsonSerializerOptions.Web)!);
    }

    private sealed record Row(string Process, string Setting, string State, string Reason);

    [GeneratedRegex(@"\d+")]
    private static partial Regex Number();
}
