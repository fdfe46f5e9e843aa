// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Weir.Cli;
using Weir.Cli.Commands.Flows;
using Weir.Tests.Collecting;
using Weir.Tests.Files;
using Weir.Wire.Files;

namespace Weir.Tests.Commands;

public sealed class ReplayCommandTests
{
    private static byte[] Capture(int count) =>
        Bytes.Pcap(LinkType.Raw, true, false, [
            .. Enumerable.Range(0, count).Select(i => Bytes.V4(Bytes.Udp(Bytes.V5(1, (byte)i)))),
            Bytes.V4(Bytes.Udp([1, 2, 3]))]);

    private static async Task<OperatorException> Refused(string file, string to, double? pps) =>
        await Assert.ThrowsAsync<OperatorException>(
            () => ReplayCommand.RunAsync(file, to, pps, TimeProvider.System, TextWriter.Null, CancellationToken.None));

    [Fact]
    public async Task What_was_sent_and_what_was_not_is_told()
    {
        using var scratch = new Scratch(Capture(3));
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)receiver.Client.LocalEndPoint!).Port;
        var output = new StringWriter();

        var code = await ReplayCommand.RunAsync(
            scratch.Path, $"127.0.0.1:{port}", 1_000, TimeProvider.System, output, CancellationToken.None);

        Assert.Equal(ExitCode.Done, code);
        Assert.Equal(
            [$"sent 3 datagrams, 216 octets to 127.0.0.1:{port} (pcap)", "1 UDP payloads were not flow exports", ""],
            output.ToString().Split('\n'));
        Assert.Equal(Bytes.V5(1), (await receiver.ReceiveAsync()).Buffer);
    }

    [Theory]
    [InlineData("nowhere", null, "--to 'nowhere' is not HOST:PORT")]
    [InlineData("127.0.0.1:0", null, "--to '127.0.0.1:0' is not HOST:PORT")]
    [InlineData("127.0.0.1:9", 0.0, "--pps 0 is no pace")]
    [InlineData("127.0.0.1:9", double.NaN, "--pps NaN is no pace")]
    public async Task A_wrong_target_or_pace_is_named(string to, double? pps, string words)
    {
        using var scratch = new Scratch(Capture(1));
        var fault = await Refused(scratch.Path, to, pps);
        Assert.Equal(ExitCode.BadArguments, fault.ExitCode);
        Assert.StartsWith(words, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_absent_or_no_capture_is_unreadable()
    {
        using var table = new Scratch("src,dst\n");
        foreach (var file in (string[])[table.Path, table.Path + ".absent"])
        {
            var fault = await Refused(file, "127.0.0.1:9", null);
            Assert.Equal(ExitCode.Unreadable, fault.ExitCode);
            Assert.Contains(file, fault.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Stopping_early_is_told_and_is_no_success()
    {
        using var scratch = new Scratch(Capture(3));
        var output = new StringWriter();
        Assert.Equal(ExitCode.Failed, await ReplayCommand.RunAsync(
            scratch.Path, "127.0.0.1:9", 1, TimeProvider.System, output, new CancellationToken(true)));
        Assert.Contains("stopped before the end", output.ToString(), StringComparison.Ordinal);
    }
}
