// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>Two collectors of which each hears one direction of every line, and each owns a half of the lines, find
/// what one collector finds that hears both.</summary>
public sealed class SeveralCollectorsTests : IDisposable
{
    private readonly TempFolder _one = new();
    private readonly TempFolder _two = new();

    public void Dispose()
    {
        _one.Dispose();
        _two.Dispose();
    }

    [Fact, Trait("Run", "prove")]
    public async Task Each_direction_at_another_collector_gives_one_collectors_findings()
    {
        var traffic = SplitTraffic.Make(TimeProvider.System.GetUtcNow().AddHours(-3));
        var (cases, stored) = await FindAsync(_one, traffic, "edge-1");
        var (casesOfTwo, storedByTwo) = await FindAsync(_two, traffic, "edge-1", "edge-2");

        Assert.True(cases.Count > 2, string.Join('\n', cases));
        Assert.All(stored, table => Assert.True(table.Rows > 0, table.Table));
        Assert.Equal(cases, casesOfTwo);
        Assert.Equal(stored, storedByTwo);
    }

    [Fact, Trait("Run", "prove")]
    public async Task An_owner_killed_and_back_loses_what_is_counted_and_doubles_nothing()
    {
        var traffic = SplitTraffic.Make(TimeProvider.System.GetUtcNow().AddHours(-3));
        await using var machines = await SeveralCollectors.StartAsync(_two, traffic, "edge-1", "edge-2");
        var (third, steps) = (traffic.Steps.Count / 3, traffic.Steps);
        foreach (var step in steps.Take(third))
        {
            await machines.SendAsync(step);
        }

        foreach (var name in (string[])["edge-1", "edge-2"])
        {
            await machines.ReadAsync(name, machines.Sent[name]);
        }

        await machines.DigestedAsync();
        foreach (var step in steps.Skip(third).Take(2))
        {
            await machines.SendAsync(step);
        }

        await machines.ReadAsync("edge-1", machines.Sent["edge-1"]);
        await machines.KillAsync("edge-2");
        foreach (var step in steps.Skip(third + 2).Take(third))
        {
            await machines.SendAsync(step);
        }

        await machines["edge-1"].UntilAsync("flows wait and it says for whom", async () =>
            await machines["edge-1"].SumAsync("weir_forwarding_waiting_flows") > 0
            && machines["edge-1"].Log.Contains("edge-2", StringComparison.Ordinal));
        await machines.RunAsync("edge-2");
        var back = machines.Sent["edge-2"];
        foreach (var step in steps.Skip(third + 2 + third))
        {
            await machines.SendAsync(step);
        }

        await machines.ReadAsync("edge-1", machines.Sent["edge-1"]);
        await machines.ReadAsync("edge-2", machines.Sent["edge-2"] - back);
        await machines["edge-1"].UntilAsync("nothing waits any more", async () =>
            await machines["edge-1"].SumAsync("weir_forwarding_waiting_flows") == 0);
        await AddsUpAsync(machines);
    }

    private static async Task AddsUpAsync(SeveralCollectors machines)
    {
        var (edge, owner) = (machines["edge-1"], machines["edge-2"]);
        await owner.UntilAsync("all it knows of is counted", async () =>
            await owner.SumAsync("weir_account_uncounted_flows") == 0
            && await edge.SumAsync("weir_account_uncounted_flows") == 0
            && await owner.SumAsync("weir_spool_segments_waiting") == 0
            && await edge.SumAsync("weir_spool_segments_waiting") == 0);

        // What one sent, the other took or lost, by name.
        var handed = await edge.SumAsync("weir_forwarding_flows_total");
        var acknowledged = await edge.SumAsync("weir_forwarding_acknowledged_flows_total");
        var received = await owner.SumAsync("weir_forwarding_received_flows_total");
        var missing = await owner.SumAsync("weir_forwarding_missing_flows_total");
        Assert.Equal(handed, acknowledged + await edge.SumAsync("weir_forwarding_lost_flows_total"));
        Assert.Equal(acknowledged, received + missing);
        Assert.True(received > 0);

        // What was sent to each, by its routers' own numbers, is digested, nobody's, or missing.
        var taken = await edge.SumAsync("weir_forwarding_received_flows_total");
        var (first, last) = (await KillAccount.ReadAsync(edge), await KillAccount.ReadAsync(owner));
        Assert.Equal(machines.Sent["edge-1"] + taken, first.Sum);
        Assert.Equal(machines.Sent["edge-2"] + received, last.Sum);
        Assert.True(last.Missing > 0);
        Assert.Equal(2, last.Generation);
        await machines.StopCollectorsAsync();
        await machines.StopCentralAsync();
        Assert.Equal(
            first.Digested + last.Digested + first.Kept + last.Kept, await StoredPairs.FlowsAsync(machines.Store));
        Assert.Equal(0, (await StoredPairs.RowsAsync(machines.Store)).Twice);
    }

    private static async Task<(IReadOnlyList<string> Cases, IReadOnlyList<(string Table, ulong Rows, ulong Digest)>)>
        FindAsync(TempFolder folder, SplitTraffic traffic, params string[] names)
    {
        await using var machines = await SeveralCollectors.StartAsync(folder, traffic, names);
        foreach (var step in traffic.Steps)
        {
            await machines.SendAsync(step);
            foreach (var name in names)
            {
                await machines.ReadAsync(name, machines.Sent.GetValueOrDefault(name));
            }

            await machines.DigestedAsync();
        }

        await machines.OverAsync();
        foreach (var name in names)
        {
            Assert.Equal(0, await machines[name].SumAsync("weir_detecting_flows_total", "reason=\"late\""));
            Assert.Equal(0, await machines[name].SumAsync("weir_forwarding_lost_flows_total"));
        }

        await machines.StopCollectorsAsync();
        var cases = await machines.CasesAsync();
        await machines.StopCentralAsync();
        return (cases, await StoredPairs.FindingsAsync(machines.Store));
    }
}
