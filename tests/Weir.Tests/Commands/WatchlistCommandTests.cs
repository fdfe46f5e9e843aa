// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using Weir.Cli;
using Weir.Cli.Commands.Watchlists;
using Weir.Cli.Reporting;
using Weir.Contracts.Flows;
using Weir.Tests.Collecting;
using Weir.Tests.Support;

namespace Weir.Tests.Commands;

public sealed class WatchlistCommandTests : IDisposable
{
    private readonly Scratch _list = new(
        "ip,port,expires\n192.0.2.7,443,\n192.0.2.0/24,,1971-01-01\n192.0.2.9,8443,\n300.1.2.3,1,\n");
    private readonly Scratch _allow = new("192.0.2.9\n");

    private string[] Lists => [_list.Path + ",name=c2", _allow.Path + ",name=ours,role=allow"];

    public void Dispose()
    {
        _list.Dispose();
        _allow.Dispose();
    }

    /// <summary>In the year 1972: after the end of the entry for the network.</summary>
    private static FakeTimeProvider Clock()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(TimeSpan.FromDays(800));
        return clock;
    }

    private List<JsonElement> PrintEntries(string endpoint, string? at = null)
    {
        var output = new StringWriter();
        WatchlistCommand.PrintEntries(endpoint, Lists, at, ListingFormat.Json, Clock(), output);
        return [.. JsonDocument.Parse(output.ToString()).RootElement.EnumerateArray()];
    }

    private static string[] Deciding(List<JsonElement> rows) =>
        [.. rows.Where(r => r.GetProperty("decides").GetBoolean()).Select(r => r.GetProperty("entry").GetString()!)];

    [Fact]
    public void A_list_is_told_with_its_refused_lines()
    {
        var output = new StringWriter();
        Assert.Equal(ExitCode.Done, WatchlistCommand.List(Lists, ListingFormat.Json, Clock(), output));
        var rows = JsonDocument.Parse(output.ToString()).RootElement;

        Assert.Equal(("c2", "c2", "csv", 3, 1, 1), (
            rows[0].GetProperty("name").GetString(), rows[0].GetProperty("role").GetString(),
            rows[0].GetProperty("format").GetString(), rows[0].GetProperty("entries").GetInt32(),
            rows[0].GetProperty("expired").GetInt32(), rows[0].GetProperty("refused").GetInt32()));
        Assert.Contains("line 5", rows[0].GetProperty("firstRefused").GetString(), StringComparison.Ordinal);
        Assert.Equal("allow", rows[1].GetProperty("role").GetString());
    }

    [Fact]
    public void The_entry_that_decides_is_marked_and_an_ended_one_is_shown_without_force()
    {
        var rows = PrintEntries("192.0.2.7:443");
        Assert.Equal(["192.0.2.7:443"], Deciding(rows));
        Assert.False(Assert.Single(rows, r => r.GetProperty("entry").GetString() == "192.0.2.0/24")
            .GetProperty("inForce").GetBoolean());
        Assert.Equal(["192.0.2.0/24"], Deciding(PrintEntries("192.0.2.50:80", "1970-12-01T00:00:00Z")));
        Assert.Empty(Deciding(PrintEntries("192.0.2.50:80")));
    }

    [Fact]
    public void An_allow_list_decides_before_every_other()
    {
        var rows = PrintEntries("192.0.2.9:8443/tcp");
        Assert.Equal(["192.0.2.9"], Deciding(rows));
        Assert.Equal(3, rows.Count);
    }

    [Fact]
    public void An_address_alone_shows_everything_at_it_and_decides_nothing()
    {
        var rows = PrintEntries("192.0.2.7");
        Assert.Equal(["192.0.2.0/24", "192.0.2.7:443"], rows.Select(r => r.GetProperty("entry").GetString()).Order());
        Assert.Empty(Deciding(rows));
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7:0/tcp")]
    [InlineData("192.0.2.7:53/udp", "192.0.2.7:53/udp")]
    [InlineData("[2001:db8::7]:443", "[2001:db8::7]:443/tcp")]
    [InlineData("2001:db8::7", "[2001:db8::7]:0/tcp")]
    public void Endpoints_are_taken_as_people_write_them(string text, string meant)
    {
        Assert.True(EndpointText.TryRead(text, out var endpoint));
        Assert.Equal(meant, endpoint.ToString());
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("192.0.2.7:0")]
    [InlineData("192.0.2.7:70000")]
    [InlineData("192.0.2.7:1/quic")]
    [InlineData("")]
    public void What_is_no_endpoint_is_refused_by_name(string text)
    {
        var fault = Assert.Throws<OperatorException>(() => PrintEntries(text));
        Assert.StartsWith($"'{text}' is no endpoint", fault.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.BadArguments, fault.ExitCode);
    }

    [Fact]
    public void A_list_that_is_absent_is_named()
    {
        var fault = Assert.Throws<OperatorException>(
            () => WatchlistCommand.List([_list.Path + ".absent"], ListingFormat.Table, Clock(), TextWriter.Null));
        Assert.Contains(".absent", fault.Message, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Unreadable, fault.ExitCode);
    }
}
