// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Segments;

namespace Weir.Tests.CollectorProcess;

/// <summary>What was heard of an exporter, minute by minute, silence too.</summary>
public sealed class CollectorCoverageTests
{
    [Fact]
    public async Task Every_datagram_is_in_one_minute_and_a_silent_minute_is_a_row_of_noughts()
    {
        await using var world = new CollectorWorld();
        var process = await world.StartAsync();
        for (var i = 0; i < 7; i++)
        {
            await world.SendAsync(process, 3);
        }

        await world.UntilAsync(() => world.Desk.Status?.Flows.Attributed == 21, "flows");
        await world.PassAsync(TimeSpan.FromMinutes(3));
        await world.SendAsync(process, 3);
        await world.UntilAsync(() => world.Desk.Status?.Flows.Attributed == 24, "the last flows");
        await process.StopAsync(CancellationToken.None);

        var rows = new List<(uint Minute, ulong Datagrams, ulong Flows)>();
        foreach (var block in await world.Store.BlocksAsync(SegmentKind.Coverage))
        {
            for (var row = 0; row < block.Rows; row++)
            {
                rows.Add((block["minute"].Values<uint>()[row], block["datagrams"].Values<ulong>()[row],
                    block["flows"].Values<ulong>()[row]));
            }
        }

        Assert.Equal((8UL, 24UL), (Sum(rows.Select(row => row.Datagrams)), Sum(rows.Select(row => row.Flows))));
        Assert.Equal(rows.Count, rows.DistinctBy(row => row.Minute).Count());
        Assert.Contains(rows, row => row.Datagrams == 0);
        Assert.All(rows, row => Assert.Equal(0u, row.Minute % 60));
    }

    private static ulong Sum(IEnumerable<ulong> values) => values.Aggregate(0UL, (sum, one) => sum + one);
}
