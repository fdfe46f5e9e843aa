// SPDX-License-Identifier: Apache-2.0
using System.Net;
using System.Net.Sockets;
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.Tests.Lab;

public sealed class SendingTests
{
    [Fact]
    public void What_is_sent_over_UDP_is_what_arrives()
    {
        using var collector = new Collector();
        var shelf = new DatagramBuffer();
        using (var sink = new UdpSink(collector.Address, 20_000, TimeProvider.System))
        {
            var options = new LabOptions
            {
                Subscribers = 200,
                Seconds = 600,
                Bots = 6,
                Nets = 2,
                ListEntries = 20,
                Flows = 2_000,
                Attacks = false
            };
            var truth = new Simulation(options).Run(new Both(sink, shelf));
            Assert.Equal((truth.Totals.Datagrams, 0L), (sink.Sent, sink.Refused));
            Assert.Equal(truth.Totals.DatagramOctets, sink.SentOctets);
        }

        Assert.Equal(shelf.Payloads, collector.WaitFor(shelf.Payloads.Count));
    }

    [Fact]
    public void Each_exporter_speaks_from_a_port_of_its_own()
    {
        using var collector = new Collector();
        using var sink = new UdpSink(collector.Address, 0, TimeProvider.System);
        for (var domain = 1u; domain <= 3; domain++)
        {
            sink.Send(new Exporter(IpKey.FromV4(1), domain, 0), 0, [(byte)domain]);
            sink.Send(new Exporter(IpKey.FromV4(1), domain, 0), 0, [(byte)domain]);
        }

        collector.WaitFor(6);
        Assert.Equal(3, collector.Senders.Distinct().Count());
    }

    [Fact]
    public void A_pace_holds_the_sender_back()
    {
        using var collector = new Collector();
        var clock = new SteppedClock();
        using var sink = new UdpSink(collector.Address, 1_000, clock);
        for (var i = 0; i < 50; i++)
        {
            sink.Send(new Exporter(IpKey.FromV4(1), 1, 0), 0, [1]);
        }

        // Each look moves the clock by a quarter of a millisecond; at one datagram a millisecond the fiftieth
        // is due at 49 ms.
        Assert.InRange(clock.Looks, 180, 260);
        Assert.Equal(50, sink.Sent);
    }

    [Fact]
    public void A_blast_counts_exactly_what_arrives_and_its_numbers_run_on()
    {
        using var collector = new Collector();
        var ring = Blaster.Ring(40, seed: 1);
        Assert.Equal(40, ring.Count);
        using var blaster = new Blaster(ring, collector.Address, TimeProvider.System);
        var count = blaster.Run(2_000, TimeSpan.FromMilliseconds(300), CancellationToken.None);
        Assert.Equal(600, count.Datagrams + count.Late);

        var read = ReadBack.From(collector.WaitFor((int)count.Datagrams));
        Assert.Equal((count.Flows, count.Datagrams), (read.Flows.Count, read.Headers.Count));
        Assert.Equal(
            Enumerable.Range(0, read.Headers.Count).Select(i => (uint)i),
            read.Headers.Select(header => header.Sequence));
        Assert.True(count.Flows > 30 * count.Datagrams);
    }

    [Fact]
    public void A_provider_that_is_sent_more_than_once_sends_no_datagram_twice()
    {
        using var collector = new Collector();
        using var blaster = Blaster.OfProvider(1_200, seed: 1, collector.Address, TimeProvider.System);
        var rounds = (int)(blaster.Datagrams * 1.5);
        var count = blaster.Run(rounds, TimeSpan.FromSeconds(1), CancellationToken.None);
        Assert.True(count.Datagrams > blaster.Datagrams, $"{count.Datagrams} sent of {blaster.Datagrams} made ahead");

        // Behind the header, whose time and number change anyway.
        var bodies = collector.WaitFor((int)count.Datagrams).Where(payload => payload[20] != 0)
            .Select(payload => Convert.ToHexString(payload.AsSpan(20))).ToList();
        Assert.Equal(bodies.Count, bodies.Distinct().Count());
        Assert.True(bodies.Count > blaster.Datagrams);
    }

    [Fact]
    public void A_cancelled_blast_ends_and_says_what_it_sent()
    {
        using var collector = new Collector();
        using var blaster = new Blaster(Blaster.Ring(10, seed: 1), collector.Address, TimeProvider.System);
        Assert.Equal(0, blaster.Run(1_000, TimeSpan.FromHours(1), new CancellationToken(canceled: true)).Datagrams);
    }

    [Fact]
    public void Nobody_listening_is_no_reason_to_stop()
    {
        var port = 0;
        using (var taken = new Collector())
        {
            port = taken.Address.Port;
        }

        using var sink = new UdpSink(new IPEndPoint(IPAddress.Loopback, port), 0, TimeProvider.System);
        for (var i = 0; i < 20; i++)
        {
            sink.Send(new Exporter(IpKey.FromV4(1), 1, 0), 0, [1]);
        }

        Assert.Equal(20, sink.Sent + sink.Refused);
    }

    private sealed class Both(IDatagramSink one, IDatagramSink other) : IDatagramSink
    {
        public void Send(in Exporter exporter, long atMs, ReadOnlySpan<byte> payload)
        {
            one.Send(exporter, atMs, payload);
            other.Send(exporter, atMs, payload);
        }
    }

    /// <summary>A clock that moves by a quarter of a millisecond each time it is looked at.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        public int Looks { get; private set; }

        public override long TimestampFrequency => 4_000;

        public override long GetTimestamp() => ++Looks;
    }

    /// <summary>A loopback socket that a task of its own empties, so that nothing is lost in the kernel.</summary>
    private sealed class Collector : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
        {
            ReceiveBufferSize = 8 << 20,
            ReceiveTimeout = 10_000
        };
        private readonly List<byte[]> _taken = [];
        private readonly List<EndPoint> _senders = [];
        private readonly Thread _reader;

        public Collector()
        {
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Address = (IPEndPoint)_socket.LocalEndPoint!;
            _reader = new Thread(Read) { IsBackground = true };
            _reader.Start();
        }

        public IPEndPoint Address { get; }

        public IReadOnlyList<EndPoint> Senders => _senders;

        public List<byte[]> WaitFor(int count)
        {
            lock (_taken)
            {
                while (_taken.Count < count && Monitor.Wait(_taken, 10_000))
                {
                }

                return [.. _taken];
            }
        }

        public void Dispose()
        {
            _socket.Dispose();
            _reader.Join();
        }

        private void Read()
        {
            var buffer = new byte[2_048];
            try
            {
                while (true)
                {
                    EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                    var octets = _socket.ReceiveFrom(buffer, ref from);
                    lock (_taken)
                    {
                        _taken.Add(buffer[..octets]);
                        _senders.Add(from);
                        Monitor.Pulse(_taken);
                    }
                }
            }
            catch (Exception fault) when (fault is SocketException or ObjectDisposedException)
            {
                return; // the socket was closed: the test is over
            }
        }
    }
}
