// SPDX-License-Identifier: Apache-2.0
using Weir.Collector.Collecting.Sockets;
using Weir.Desk.Reporting.Html;

namespace Weir.Tests.Collecting.Sockets;

public class KernelDropsTests
{
    private static readonly string[] Table =
    [
        "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode "
            + "ref pointer drops             ",
        "  320: 0100007F:0807 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 70511 "
            + "2 0000000000000000 42        ",
        "  321: 0100007F:1283 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 "
            + "7051 2 0000000000000000 7        ",
    ];

    [Theory]
    [InlineData("70511", 42U)]
    [InlineData("7051", 7U)]
    [InlineData("inode", null)]
    [InlineData("705", null)]
    public void The_line_with_the_sockets_inode_tells_the_drops(string inode, uint? drops) =>
        Assert.Equal(drops, KernelDrops.Find(Table, inode));

    [Fact]
    public void The_socket_and_the_table_agree()
    {
        using var intake = Loopback.Open(Loopback.Any() with { ReceiveBuffer = 4_096 });
        var socket = intake.Sockets.Single();
        using var sender = Loopback.SenderTo(socket.LocalEndPoint);
        for (var i = 0; i < 100; i++)
        {
            sender.Send(new byte[1_000]);
        }

        Assert.True(socket.Drops.FromSocket() > 0);
        Assert.Equal(socket.Drops.FromSocket(), socket.Drops.FromTable());
        Assert.Equal(socket.Drops.FromSocket(), (uint?)socket.KernelDropped);
    }
}
