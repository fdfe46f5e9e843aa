// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd;

/// <summary>What operators stumbled over, and a load beyond what the machine takes, played by the real
/// program.</summary>
public sealed partial class FieldPlayedTests : IDisposable
{
    private const int Blast = 55_000;
    private const int BlastSeconds = 20;

    /// <summary>A pcap's own header, and octets that are missing at the end of one that was cut off.</summary>
    private const int Missing = 20;

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>Of the last run: file, page of the report, log, list of runs, the run itself as JSON and as a
    /// table.</summary>
    [Fact]
    [Trait("Run", "prove")]
    public async Task The_number_of_candidates_is_the_same_wherever_it_is_told_also_after_a_restart()
    {
        var place = await ServeFixture.MakeAsync(_folder, people: (Environment.UserName, "analyst"));
        int candidates;
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            var sent = await place.SendAsync("truth");
            await weir.SettledAsync(sent.Flows);
            _ = await place.NextReportAsync(weir);
            candidates = await AgreeAsync(place, weir.Log);
            Assert.True(candidates > 0, "the provider has a hidden C&C");
            Assert.Equal(0, await weir.StopAsync());
        }

        await using var again = await RunningWeir.StartAsync(place);
        Assert.Equal(candidates, await AgreeAsync(place, ""));
        _ = await place.NextReportAsync(again);
        Assert.Equal(candidates, await AgreeAsync(place, again.Log));
        Assert.Equal(0, await again.StopAsync());
    }

    /// <summary>Told by each command that reads files, before the work where it is about where to write.</summary>
    [Trait("Run", "prove")]
    [Fact]
    public async Task A_capture_that_is_cut_off_is_said_by_every_command_and_a_place_that_cannot_be_written_before_the_work()
    {
        var whole = await File.ReadAllBytesAsync(SharedData.Path("cases/field/02-two-sequences-one-source/in.pcap"));
        var cut = _folder.At("cut.pcap");
        await File.WriteAllBytesAsync(cut, whole[..^Missing]);
        string[][] commands =
        [
            ["flows", cut, "--profile", "lab"], ["exporters", cut], ["templates", cut],
            ["analyze", cut, "--networks", "198.51.100.0/24", "--profile", "lab", "--out", _folder.At("out")],
            ["replay", cut, "--to", "127.0.0.1:9"],
        ];
        foreach (var command in commands)
        {
            var said = await WeirProcess.RunAsync(command);
            Assert.Contains("the file ends inside the record", said.Out + said.Error, StringComparison.Ordinal);
        }

        var taken = _folder.File("taken", "");
        var refused = await WeirProcess.RunAsync(
            "analyze", cut, "--networks", "198.51.100.0/24", "--profile", "lab", "--out", taken);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains($"{taken} is no folder", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("ends inside", refused.Out + refused.Error, StringComparison.Ordinal);

        var number = await WeirProcess.RunAsync("case", "show", "foo");
        Assert.Equal(2, number.ExitCode);
        Assert.Contains("'foo' is not a case number", number.Error, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Run", "prove")]
    public async Task Ctrl_C_leaves_nothing_in_the_temporary_folder()
    {
        var big = await BigCaptureAsync();
        var temporary = Directory.CreateDirectory(_folder.At("tmp")).FullName;
        var output = _folder.At("out");
        var start = WeirProcess.Start(
            "analyze", big, "--networks", "198.51.100.0/24", "--profile", "lab", "--keep", _folder.At("kept"), "--out", output);
        start.Environment["TMPDIR"] = temporary;
        using var analyze = Process.Start(start)!;
        var said = analyze.StandardError.ReadToEndAsync();
        _ = analyze.StandardOutput.ReadToEndAsync();
        await Until.IsSoAsync(
            () => Task.FromResult(Directory.Exists(_folder.At("kept"))), "the work has begun");
        await Tool.RunAsync("kill", "-INT", analyze.Id.ToString(CultureInfo.InvariantCulture));
        await analyze.WaitForExitAsync();

        Assert.NotEqual(0, analyze.ExitCode);
        Assert.DoesNotContain("Unhandled", await said, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(temporary),
            entry => !Path.GetFileName(entry).StartsWith("dotnet-diagnostic-", StringComparison.Ordinal)
                && !Path.GetFileName(entry).StartsWith("clr-debug-pipe-", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(output, "report.json")));
    }

    /// <summary>More than two cores take: what the kernel threw away is counted, who asks is answered, and afterwards
    /// nothing is lost any more.</summary>
    [Fact]
    [Trait("Run", "prove")]
    public async Task Fifty_five_thousand_datagrams_a_second_are_counted_exactly_and_stop_no_answer()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        await using var weir = await RunningWeir.StartAsync(place);
        var blast = WeirProcess.RunAsync(
            "lab", "blast", "--to", $"127.0.0.1:{place.Flows}", "--pps", Invariant(Blast), "--seconds", Invariant(BlastSeconds));
        var slowest = TimeSpan.Zero;
        while (!blast.IsCompleted)
        {
            var from = TimeProvider.System.GetTimestamp();
            _ = await weir.HealthAsync();
            var took = TimeProvider.System.GetElapsedTime(from);
            slowest = took > slowest ? took : slowest;
            await Until.MomentAsync(TimeProvider.System.GetUtcNow() + TimeSpan.FromMilliseconds(500));
        }

        var sent = Sent(await blast);
        Assert.True(sent > 0);
        Assert.InRange(slowest, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        await weir.UntilAsync("all that was sent is received or counted as dropped", async () =>
            await weir.SumAsync("weir_collecting_received_datagrams_total")
                + await weir.SumAsync("weir_collecting_kernel_dropped_datagrams_total") == sent);
        var dropped = await weir.SumAsync("weir_collecting_kernel_dropped_datagrams_total");
        await weir.UntilAsync("what was received is decoded", async () =>
            await weir.SumAsync("weir_decoding_datagrams_total")
                == await weir.SumAsync("weir_collecting_received_datagrams_total"));

        var later = await place.SendAsync("later");
        await weir.UntilAsync("the rest is received whole", async () =>
            await weir.SumAsync("weir_collecting_received_datagrams_total") == sent - dropped + later.Datagrams);
        Assert.Equal(dropped, await weir.SumAsync("weir_collecting_kernel_dropped_datagrams_total"));
        Assert.Equal(0, await weir.StopAsync());
        TestContext.Current.SendDiagnosticMessage(
            "{0} sent, {1} dropped by the kernel and counted; the slowest answer took {2:F2} s", sent, dropped,
            slowest.TotalSeconds);
    }

    private static long Sent(WeirResult blast)
    {
        Assert.True(blast.ExitCode == 0, blast.Error);
        return long.Parse(SentDatagrams().Match(blast.Out).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    private static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>How many candidates the newest run has, by everybody who says so.</summary>
    private static async Task<int> AgreeAsync(ServeFixture place, string log)
    {
        var runs = JsonDocument.Parse(await ShownAsync(place, "compare", "list", "-o", "json")).RootElement;
        var newest = runs.EnumerateArray().Last();
        var run = newest.GetProperty("run").GetString()!;
        var (listed, shared) = (newest.GetProperty("candidates").GetInt32(), newest.GetProperty("shared").GetInt32());
        var report = JsonDocument.Parse(await ShownAsync(place, "compare", "show", run, "-o", "json")).RootElement;
        var all = report.GetProperty("candidates").EnumerateArray()
            .Select(one => one.GetProperty("status").GetString()).ToList();
        Assert.Equal((listed, shared), (
            all.Count(status => status != "shared"), all.Count(status => status == "shared")));
        Assert.Equal(listed + shared, (await ShownAsync(place, "compare", "show", run, "-o", "ndjson"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var page = await File.ReadAllTextAsync(Path.ChangeExtension(place.Report, ".html"));
        var file = JsonDocument.Parse(await File.ReadAllTextAsync(place.Report)).RootElement
            .GetProperty("candidates").EnumerateArray().Count(one => one.GetProperty("status").GetString() != "shared");
        Assert.Equal(listed, file);
        Assert.Contains(
            listed == 1 ? "<b>1 unknown endpoint</b>" : $"<b>{listed} unknown endpoints</b>", page, StringComparison.Ordinal);
        if (log.Length > 0)
        {
            Assert.Contains($": {listed} candidates, {shared} shared with too many", log, StringComparison.Ordinal);
        }

        return listed;
    }

    private static async Task<string> ShownAsync(ServeFixture place, params string[] words)
    {
        var said = await WeirProcess.RunAsync([.. words, "--socket", place.Control]);
        Assert.True(said.ExitCode == 0, said.Error);
        return said.Out;
    }

    /// <summary>Long enough that it is interrupted while it is read.</summary>
    private async Task<string> BigCaptureAsync()
    {
        const int Header = 24;
        const int Times = 4_000;
        var whole = await File.ReadAllBytesAsync(SharedData.Path("cases/field/02-two-sequences-one-source/in.pcap"));
        var path = _folder.At("big.pcap");
        await using var file = File.Create(path);
        await file.WriteAsync(whole.AsMemory(0, Header));
        for (var i = 0; i < Times; i++)
        {
            await file.WriteAsync(whole.AsMemory(Header));
        }

        return path;
    }

    [GeneratedRegex(@"sent (\d+) datagrams")]
    private static partial Regex SentDatagrams();
}
