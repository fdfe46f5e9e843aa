// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd;

/// <summary>What is held, asked of the processes that hold it.</summary>
public sealed class RetentionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_held_each_process_says_and_one_that_does_not_run_is_unknown()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            var sent = await place.SendAsync("truth");
            await weir.SettledAsync(sent.Flows);
            await weir.UntilAsync("the store has rows", async () => (await HeldAsync(place, "pairs")).Rows > 0);
            Assert.Equal("ok", (await HeldAsync(place, "ring")).State);
            Assert.True((await HeldAsync(place, "counters")).Rows > 0);
            await weir.UntilAsync("all is well", async () =>
                (await weir.HealthAsync()).GetProperty("state").GetString() == "ok");
            Assert.Equal(0, await weir.StopAsync());
        }

        // Nobody but the processes looks at their folders: one that does not run is unknown, and not empty.
        var after = await WeirProcess.RunAsync("report", "retention", "--config", place.Configuration);
        Assert.Equal(1, after.ExitCode);
        Assert.Contains("is it running?", after.Out, StringComparison.Ordinal);
    }

    private static async Task<(long Rows, string State)> HeldAsync(ServeFixture place, string kind)
    {
        var result = await WeirProcess.RunAsync("report", "retention", "--config", place.Configuration, "-o", "json");
        Assert.True(result.ExitCode == 0, result.Out + result.Error);
        using var json = JsonDocument.Parse(result.Out);
        var row = json.RootElement.EnumerateArray().Single(r => r.GetProperty("kind").GetString() == kind);
        return (row.GetProperty("rows").GetInt64(), row.GetProperty("state").GetString()!);
    }
}
