// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Alerts;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;
using Weir.Hosting.Channels;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Notifying;

/// <summary>What rsyslog reads out of our messages and writes to its file.</summary>
public class SyslogTests
{
    private static readonly Alert Alert = new()
    {
        Id = "a-1",
        At = new(2026, 3, 4, 5, 6, 7, TimeSpan.Zero),
        Kind = "case-opened",
        Severity = Severity.Warning,
        Text = "a case\nwas opened ü",
        Case = new(7),
        Words = new Dictionary<string, string> { ["rule"] = "say \"x\\y\" [z]" },
    };

    [Theory]
    [InlineData(SyslogTransport.Udp)]
    [InlineData(SyslogTransport.Tcp)]
    [InlineData(SyslogTransport.Tls)]
    public async Task A_message_is_one_line_with_its_fields_by_every_way(SyslogTransport way)
    {
        Need.Programs("rsyslogd");
        using var folder = new TempFolder();
        await using var server = new SyslogServer(folder);
        await server.StartAsync();
        var options = Options(server, way);

        await new SyslogChannel("siem", options, TimeProvider.System).SendAsync(Alert, default);
        await new SyslogChannel("siem", options with { Form = SyslogFormat.Cef, Version = "9.9" }, TimeProvider.System)
            .SendAsync(Alert with { Id = "a-2" }, default);

        var line = await server.LineAsync("id=\"a-1\"");
        Assert.StartsWith(
            "132|1|weir|case-opened|[weir@32473 id=\"a-1\" kind=\"case-opened\" severity=\"warning\" case=\"", line,
            StringComparison.Ordinal);
        Assert.Contains("rule=\"say \\\"x\\\\y\\\" [z\\]\"]|", line, StringComparison.Ordinal);
        Assert.EndsWith("a case was opened ü", line, StringComparison.Ordinal);
        Assert.Contains(
            "CEF:0|Weir|Weir|9.9|case-opened|a case was opened ü|6|rt=1772600767000 externalId=a-2 cs1Label=case",
            await server.LineAsync("id=\"a-2\""), StringComparison.Ordinal);
        Assert.Equal(1, server.Count("id=\"a-1\""));
    }

    [Fact]
    public async Task A_collector_by_TLS_that_nobody_vouches_for_gets_nothing()
    {
        Need.Programs("rsyslogd");
        using var folder = new TempFolder();
        await using var server = new SyslogServer(folder);
        await server.StartAsync();

        _ = await Assert.ThrowsAsync<ChannelException>(
            () => new SyslogChannel("siem", Options(server, SyslogTransport.Tls) with { CaFile = null }, TimeProvider.System)
                .SendAsync(Alert, default));

        await new SyslogChannel("siem", Options(server, SyslogTransport.Tls), TimeProvider.System).SendAsync(
            Alert with { Id = "a-3" }, default);
        _ = await server.LineAsync("id=\"a-3\"");
        Assert.Equal(0, server.Count("id=\"a-1\""));
    }

    private static ChannelOptions Options(SyslogServer server, SyslogTransport way) => new()
    {
        Host = "localhost",
        Way = way,
        CaFile = server.CaFile,
        Port = way switch { SyslogTransport.Udp => server.Udp, SyslogTransport.Tcp => server.Tcp, _ => server.Tls },
    };
}
