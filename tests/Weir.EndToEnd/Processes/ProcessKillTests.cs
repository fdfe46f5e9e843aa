// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>kill -9 of single processes while flows come in.</summary>
public sealed class ProcessKillTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Trait("Run", "prove")]
    [Fact]
    public async Task Store_and_desk_killed_under_traffic_change_nothing_of_what_is_stored_and_found()
    {
        var place = await ServeFixture.MakeAsync(_folder);

        // Killed while it starts, a process has not refused to.
        await using var weir = await RunningWeir.StartKilledAsync(place, "store");
        var sending = place.SendAsync("truth");
        for (var i = 0; i < 2 * Endurance.Times; i++)
        {
            await weir.KillChildAsync(i % 2 == 0 ? "store" : "desk");
        }

        var sent = await sending;
        await weir.SettledAsync(sent.Flows);
        var infected = ServeFixture.Infected(await place.NextReportAsync(weir));

        Assert.NotEmpty(sent.Infected);
        Assert.Equal(sent.Infected, infected);
        Assert.Equal(sent.Datagrams, await weir.SumAsync("weir_collecting_received_datagrams_total"));
        Assert.Equal(0, await weir.SumAsync("weir_spool_rows_set_aside_total"));
        await weir.UntilAsync("every event is with the desk", async () =>
            await weir.SumAsync("weir_outbox_waiting") == 0 && await weir.SumAsync("weir_cases_events_waiting") == 0);
        Assert.True(await weir.SumAsync("weir_cases_files") >= sent.Infected.Length);
        Assert.Equal(0, await weir.StopAsync());
        Assert.Equal(sent.Flows, await StoredPairs.FlowsAsync(place));
        Assert.Equal(0, (await StoredPairs.RowsAsync(place)).Twice);
    }

    [Trait("Run", "prove")]
    [Fact]
    public async Task A_collector_killed_under_traffic_loses_nothing_that_was_durable_and_goes_on()
    {
        var place = await ServeFixture.MakeAsync(_folder);
        await using var weir = await RunningWeir.StartAsync(place);
        var held = 0.0;
        for (var i = 0; i < Endurance.Times; i++)
        {
            var sending = place.SendAsync($"run-{i}");
            await weir.UntilAsync("a part is in segments", async () =>
                await weir.SumAsync("weir_digesting_rows_total") > 500);
            held += await weir.SumAsync("weir_digesting_rows_total");
            await weir.KillChildAsync("collector");
            _ = await sending;
        }

        var last = await place.SendAsync("last");
        await weir.SettledAsync(last.Flows);
        Assert.Equal(0, await weir.StopAsync());
        var (rows, twice) = await StoredPairs.RowsAsync(place);
        Assert.True(rows >= held, $"{rows} rows in the store, {held} were durable before the kills");
        Assert.Equal(0, twice);
    }
}
