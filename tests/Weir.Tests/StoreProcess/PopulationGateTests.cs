// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Population;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.StoreClient;
using Weir.Tests.Store;
using Weir.Wire;

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

        var chosen = await new StorePopulation(house.Requests).QueryAsync(
            "endpoint-contacts", null, day, ComparedData.Few, default);
        Assert.Equal(PopulationRefusal.EndpointNotListed, chosen.Refusal);
        var listed = new Endpoint(IpKey.Parse("192.0.2.99"), 4444, Protocols.Tcp);
        var population = new StorePopulation(house.Requests, one => one == listed ? "ours" : null);
        Assert.Equal(
            PopulationRefusal.WindowOpen,
            (await population.QueryAsync("endpoint-contacts", null, day, listed, default)).Refusal);
        _ = await new StoreComparisons(house.Requests).RunAsync(
            ComparisonGateTests.Ask(), StoreComparisons.AllowedBy(ComparedData.Lists()), default);
        var endpoint = await population.QueryAsync("endpoint-contacts", null, day, listed, default);
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
            [AuditActions.Allow, AuditActions.Allow, "population-plane-only", "window-open", AuditActions.Allow, "window-open", "unknown"],
            chain.Where(e => e.Act == AuditActions.PopulationReport).Select(e => e.Outcome));
        Assert.Contains(chain, e => e.Reason == "listed by ours");
        Assert.All(chain, e => Assert.True(RequestNumber.IsOne(e.Request)));
    }
}
