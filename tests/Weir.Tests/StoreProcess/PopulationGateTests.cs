// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Population;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.StoreClient;
using Weir.Tests.Store;

namespace Weir.Tests.StoreProcess;

/// <summary>The fixed reports over the wire: counted once, and then always the same.</summary>
public sealed class PopulationGateTests
{
    [Fact]
    public async Task An_answer_survives_a_restart_and_rows_that_come_later()
    {
        await using var house = await StoreHouse.OpenAsync();
        await ComparedData.FillAsync(house);
        var day = StoreHouse.Now.AddDays(-1).ToString("yyyy-MM-dd");
        var first = await new StorePopulation(house.Requests).QueryAsync("protocols", null, day, null, default);
        Assert.Equal((null, 700L), (first.Refusal, first.View!.Base.Subjects));

        var late = Assert.Single(house.Segments(spool => spool.Write(
            Pairs.Make(500).OrderBy(row => row.HourSeconds).ToArray())));
        using (var body = new MemoryStream(late.Octets, writable: false))
        {
            _ = await new StoreSegments(house.Edge).SendAsync(late.Name, body, isInDoubt: false, default);
        }

        await house.StartAgainAsync();
        var again = await new StorePopulation(house.Requests).QueryAsync("protocols", null, day, null, default);
        Assert.Equal(first.View.Base, again.View!.Base);
        Assert.Equal(first.View.Lines, again.View.Lines);

        var endpoint = await new StorePopulation(house.Requests).QueryAsync(
            "endpoint-contacts", null, day, ComparedData.Few, default);
        Assert.Equal(PublishedCellKind.Withheld, endpoint.View!.Lines.Single().Value.Kind);
        Assert.Equal(1, (await new StoreReports(house.Desk).HoldingsAsync(default)).PopulationAnswers - 1);

        var open = await new StorePopulation(house.Requests).QueryAsync(
            "protocols", null, StoreHouse.Now.ToString("yyyy-MM-dd"), null, default);
        Assert.Equal(PopulationRefusal.WindowOpen, open.Refusal);
        Assert.NotEmpty(open.Why);
        Assert.Equal(
            PopulationRefusal.Unknown,
            (await new StorePopulation(house.Requests).QueryAsync("all-flows", null, null, null, default)).Refusal);

        var chain = await house.ChainAsync();
        Assert.Equal(
            [AuditActions.Allow, AuditActions.Allow, AuditActions.Allow, "window-open", "unknown"],
            chain.Where(e => e.Act == AuditActions.PopulationReport).Select(e => e.Outcome));
        Assert.All(chain, e => Assert.True(RequestNumber.IsOne(e.Request)));
    }
}
