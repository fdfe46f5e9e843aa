// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli.Commands.Comparing;
using Weir.Cli.Reporting;
using Weir.Contracts.Flows;
using Weir.Contracts.Population;

namespace Weir.Tests.Commands;

public class PopulationListingTests
{
    private static readonly PopulationView View = new(
        "endpoint-contacts", "2026-11-22", "north", 10, new(PublishedCellKind.Shown, 1_200), [
            new("198.51.100.7:443/tcp", PublishedCell.Withheld), new("x", new(PublishedCellKind.Shown, 40)),
            new("y", PublishedCell.NearlyAll)]);

    [Fact]
    public void A_cell_is_a_number_or_says_that_it_is_withheld()
    {
        var rows = JsonDocument.Parse(Text(ListingFormat.Json)).RootElement
            .EnumerateArray().Select(r => r.GetProperty("subjects").ToString());

        Assert.Equal(["withheld", "40", "all but <10"], rows);
        Assert.Contains(
            "endpoint-contacts 2026-11-22 UTC, group north: 1200 active subjects, k = 10", Text(ListingFormat.Table),
            StringComparison.Ordinal);
        Assert.StartsWith("report,window,group,base,key,subjects", Text(ListingFormat.Csv), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("198.51.100.7:443/tcp", true)]
    [InlineData("[2001:db8::7]:53/udp", true)]
    [InlineData("2001:db8::7:53/udp", false)]
    [InlineData("[198.51.100.7]:443/tcp", false)]
    [InlineData("198.51.100.7:443", false)]
    [InlineData("198.51.100.7:70000/tcp", false)]
    [InlineData("198.51.100.7/tcp", false)]
    [InlineData("host:443/tcp", false)]
    public void An_endpoint_is_read_as_it_is_written(string text, bool good)
    {
        Assert.Equal(good, Endpoint.TryParse(text, out var endpoint));
        Assert.Equal(good ? text : "", good ? endpoint.ToString() : "");
    }

    private static string Text(ListingFormat format)
    {
        using var to = new StringWriter();
        PopulationListing.Write(View, format, to);
        return to.ToString();
    }
}
