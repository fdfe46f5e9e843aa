// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli.Reporting;
using Weir.Contracts.Networks;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;
using Weir.Tests.Support;

namespace Weir.Tests.Reporting;

/// <summary>The network of each endpoint is told wherever the report shows one, and left out where nobody says.</summary>
public class ReportNetworksTests
{
    private static readonly Report Shaped =
        new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(SampleReport.Create("us-provider"));

    private static readonly Report Named = ReportNetworks.Name(
        Shaped, remote => remote == Shaped.Candidates[0].Remote ? new(64500, "EXAMPLE <NET>", "DE") : NetworkOwner.Unknown);

    [Fact]
    public void The_file_tells_number_name_and_country()
    {
        using var json = JsonDocument.Parse(ReportJson.Write(Named));
        var candidates = json.RootElement.GetProperty("candidates");
        var network = candidates[0].GetProperty("network");

        Assert.Equal(64500, network.GetProperty("asn").GetInt32());
        Assert.Equal("EXAMPLE <NET>", network.GetProperty("name").GetString());
        Assert.Equal("DE", network.GetProperty("country").GetString());
        Assert.False(candidates[1].TryGetProperty("network", out _));
    }

    /// <summary>Campaigns, lines' infections and popular entries hold endpoints as words.</summary>
    [Fact]
    public void Far_ends_that_are_words_alone_are_named_by_address()
    {
        var campaign = new ReportCampaign
        {
            Id = "c1", Kind = "web", Words = "looks like ordered visits", Representative = "192.0.2.80:80/tcp",
            Endpoints = ["192.0.2.80:80/tcp", "192.0.2.81:80/tcp"],
        };
        var named = ReportNetworks.Name(
            Shaped with { Campaigns = [campaign] },
            remote => remote == "192.0.2.80" ? new(64500, "EXAMPLE", "DE") : NetworkOwner.Unknown);

        Assert.Equal("192.0.2.80:80/tcp (AS64500 EXAMPLE, DE)", named.NameOf("192.0.2.80:80/tcp"));
        Assert.Equal("192.0.2.81:80/tcp", named.NameOf("192.0.2.81:80/tcp"));
        using var json = JsonDocument.Parse(ReportJson.Write(named));
        Assert.Equal(
            64500, json.RootElement.GetProperty("networks").GetProperty("192.0.2.80").GetProperty("asn").GetInt32());
        Assert.Equal(64500U, ReportJson.Read(ReportJson.Write(named)).Networks!["192.0.2.80"].Asn);
        Assert.Contains("192.0.2.80:80/tcp (AS64500 EXAMPLE, DE)", ReportPage.Write(named));
    }

    [Fact]
    public void The_page_has_a_column_of_networks_and_none_without_names()
    {
        Assert.Contains("AS64500 EXAMPLE &lt;NET&gt;, DE", ReportPage.Write(Named));
        Assert.Contains(">Network</th>", ReportPage.Write(Named));
        Assert.DoesNotContain(">Network</th>", ReportPage.Write(Shaped));
    }

    [Fact]
    public void The_screen_shows_it_beside_the_endpoint_and_no_empty_column()
    {
        Assert.Contains("AS64500 EXAMPLE <NET>, DE", Screen(Named));
        Assert.Matches(@"(?m)^endpoint +network", Screen(Named));
        Assert.DoesNotMatch(@"(?m)^endpoint +network", Screen(Shaped));
    }

    private static string Screen(Report report)
    {
        using var writer = new StringWriter();
        var console = ReportScreen.ConsoleFor(writer, isTerminal: false);
        console.Profile.Width = 240;
        ReportScreen.Write(report, console);
        return writer.ToString();
    }
}
