// SPDX-License-Identifier: Apache-2.0
//
// softflowd on the router's interface that faces the subscribers, and on its way to Weir half an hour taken off its
// clock: contacts are judged when both slots of ten minutes in which their halves may begin are over, and no test waits
// for that.
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Weir.EndToEnd.Blocking;
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Namespaces;

/// <summary>The router's exporter, NetFlow v9 (RFC 3954).</summary>
internal sealed class Exporter : IAsyncDisposable
{
    private const int Version = 9;
    private const int ClockAt = 8;
    private const int BehindSeconds = 1_800;

    private readonly TempFolder _folder = new();
    private readonly UdpClient _in;
    private readonly UdpClient _out = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly Peer _softflowd;
    private readonly Task _relaying;

    public Exporter(NamespaceTopology street, int weir)
    {
        _in = new(new IPEndPoint(IPAddress.Parse(street.Here), 0));
        var port = ((IPEndPoint)_in.Client.LocalEndPoint!).Port;
        string[] timeouts = [
            "maxlife=2", "expint=1", "general=1", "tcp=1", "tcp.rst=1", "tcp.fin=1", "udp=1", "icmp=1"];
        _softflowd = street.Router.Program(
        [
            "softflowd", "-d", "-i", NamespaceTopology.Access, "-v", "9", "-n",
            string.Create(CultureInfo.InvariantCulture, $"{street.Here}:{port}"), "-p", _folder.At("pid"), "-c",
            _folder.At("ctl"), .. timeouts.SelectMany(t => new[] { "-t", t }),
        ]);
        _softflowd.Start();
        _relaying = RelayAsync(new IPEndPoint(IPAddress.Loopback, weir));
    }

    public string Said => _softflowd.Said;

    public async ValueTask DisposeAsync()
    {
        await _softflowd.DisposeAsync();
        _in.Dispose();
        await _relaying;
        _out.Dispose();
        _folder.Dispose();
    }

    private async Task RelayAsync(IPEndPoint weir)
    {
        while (true)
        {
            byte[] datagram;
            try
            {
                datagram = (await _in.ReceiveAsync()).Buffer;
            }
            catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
            {
                return;
            }

            Assert.Equal(Version, BinaryPrimitives.ReadUInt16BigEndian(datagram));
            var clock = datagram.AsSpan(ClockAt);
            BinaryPrimitives.WriteUInt32BigEndian(clock, BinaryPrimitives.ReadUInt32BigEndian(clock) - BehindSeconds);
            try
            {
                _ = await _out.SendAsync(datagram, weir);
            }
            catch (SocketException)
            {
                // Weir is down at the moment
            }
        }
    }
}
