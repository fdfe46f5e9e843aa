// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd;

/// <summary>What is held, asked beside a running collector and after it.</summary>
public sealed class RetentionTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_is_held_is_told_beside_a_running_collector_and_after_it()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        await using (var weir = await RunningWeir.StartAsync(place))
        {
            var sent = await place.SendAsync("truth");
            await weir.SettledAsync(sent.Flows);
            await weir.UntilAsync("the store has rows", async () => (await HeldAsync(place, "pairs")).Rows > 0);
            Assert.Equal("ok", (await HeldAsync(place, "ring")).State);
            Assert.True((await HeldAsync(place, "counters")).Rows > 0);
            Assert.Equal("ok", (await weir.HealthAsync()).GetProperty("state").GetString());
            Assert.Equal(0, await weir.StopAsync());
        }

        var (rows, state) = await HeldAsync(place, "pairs");
        Assert.True(rows > 0);
        Assert.Equal("ok", state);
        Assert.Equal((0, "nothing"), await HeldAsync(place, "ring"));
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
