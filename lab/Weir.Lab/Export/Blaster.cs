// SPDX-License-Identifier: Apache-2.0
//
// A sender for benchmarks: real v9 datagrams of the simulator in a ring, sent by sendmmsg(2) sixty-four at a time, so
// that the sender costs a fraction of what a receiver on the same machine costs. Before each turn the header's seconds
// (so that flow times stay next to the export time) and sequence number change. A small ring stays in the receiver's
// caches and gives its sums nothing new; a whole provider does neither: see LineRotation.
//
// Standards: RFC 3954 §5.1 (header), sendmmsg(2).
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weir.Lab.Export;

/// <summary>What a blast sent.</summary>
/// <param name="Datagrams">Datagrams that the kernel took.</param>
/// <param name="Flows">Flow records in them.</param>
/// <param name="Octets">UDP payload octets.</param>
/// <param name="Seconds">Wall-clock seconds.</param>
/// <param name="Late">Datagrams not sent because the sender could not keep the pace.</param>
public readonly record struct BlastCount(long Datagrams, long Flows, long Octets, double Seconds, long Late);

/// <summary>Sends a ring of v9 datagrams at a high, even rate. Linux only.</summary>
public sealed unsafe partial class Blaster : IDisposable
{
    private const int Batch = 64;
    private const int Slot = 1_500;

    /// <summary>A datagram with room for no further record is at least so long.</summary>
    private const int FullOctets = 1_370;

    private readonly TimeProvider _time;
    private readonly Socket _socket;
    private readonly byte* _ring;
    private readonly int[] _lengths;
    private readonly int[] _flows;
    private readonly Message* _messages;
    private readonly Vector* _vectors;
    private readonly LineRotation? _rotation;
    private int _at;
    private uint _sequence;

    /// <param name="ring">v9 datagrams of one source id; the first should hold the templates.</param>
    /// <param name="to">The collector.</param>
    /// <param name="time">Clock of the pace and of the headers.</param>
    public Blaster(IReadOnlyList<byte[]> ring, IPEndPoint to, TimeProvider time)
        : this(ring, null, to, time)
    {
    }

    private Blaster(IReadOnlyList<byte[]> ring, LineRotation? rotation, IPEndPoint to, TimeProvider time)
    {
        _rotation = rotation;
        ArgumentOutOfRangeException.ThrowIfZero(ring.Count);
        _time = time;
        _socket = new Socket(to.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { SendBufferSize = 4 << 20 };
        _socket.Connect(to);
        _ring = (byte*)NativeMemory.AlignedAlloc((nuint)ring.Count * Slot, 64);
        _messages = (Message*)NativeMemory.AllocZeroed(Batch, (nuint)sizeof(Message));
        _vectors = (Vector*)NativeMemory.AllocZeroed(Batch, (nuint)sizeof(Vector));
        _lengths = [.. ring.Select(datagram => datagram.Length)];
        _flows = [.. ring.Select(CountFlows)];
        for (var i = 0; i < ring.Count; i++)
        {
            ring[i].CopyTo(SlotAt(i));
        }

        for (var i = 0; i < Batch; i++)
        {
            _messages[i].Vectors = &_vectors[i];
            _messages[i].VectorCount = 1;
        }
    }

    /// <summary>A ring of about so many full datagrams from a small simulated provider, templates among them.</summary>
    public static IReadOnlyList<byte[]> Ring(int datagrams, ulong seed)
    {
        var shelf = new DatagramBuffer();
        var options = new LabOptions
        {
            Subscribers = 20_000,
            Seconds = 600,
            Bots = 40,
            Nets = 2,
            Seed = seed,
            Exporters = 1,
            Flows = datagrams * 35L,
            Ipv6Share = 0,
            TemplateEvery = 128,
        };
        new Simulation(options).Run(shelf);
        return [.. shelf.Payloads.Where(payload => CountFlows(payload) is 0 or >= 33).Take(datagrams)];
    }

    /// <summary>Sends all that a simulated provider exports in ten minutes, a hundred flows a line, and then again as
    /// long as it is asked to, each time by other lines: no datagram goes twice. What `weir lab` makes of the same
    /// lines, seed and 600 s has the same networks and list.</summary>
    /// <param name="subscribers">Lines, an address or, of one in ten, an IPv6 prefix each; at least 2,000. A thousand
    /// take 4.5 MB.</param>
    /// <param name="seed">Same seed, same datagrams.</param>
    /// <param name="to">The collector.</param>
    /// <param name="time">Clock of the pace and of the headers.</param>
    public static Blaster OfProvider(int subscribers, ulong seed, IPEndPoint to, TimeProvider time)
    {
        var shelf = new DatagramBuffer();
        var simulation = new Simulation(new LabOptions
        {
            Subscribers = subscribers,
            Seconds = 600,
            Seed = seed,
            Exporters = 1,
            TemplateEvery = 128,
        });
        simulation.Run(shelf);
        return new Blaster(
            [.. shelf.Payloads.Where(payload => payload.Length >= FullOctets || CountFlows(payload) == 0)],
            new LineRotation(simulation.World.Lines), to, time);
    }

    /// <summary>Datagrams in the ring.</summary>
    public int Datagrams => _lengths.Length;

    /// <summary>Sends for so long, then says what left. Stops early when cancelled.</summary>
    public BlastCount Run(int perSecond, TimeSpan length, CancellationToken cancel)
    {
        long sent = 0, flows = 0, octets = 0, late = 0;
        var began = _time.GetTimestamp();
        while (!cancel.IsCancellationRequested)
        {
            var elapsed = _time.GetElapsedTime(began);
            var over = elapsed >= length;
            var due = (long)(Math.Min(elapsed.TotalSeconds, length.TotalSeconds) * perSecond) - sent - late;

            // What a stalled sender owes beyond a tenth of a second is given up and said, rather than sent as a burst.
            var excess = due - (perSecond / 10) - Batch;
            if (excess > 0 && !over)
            {
                late += excess;
                due -= excess;
            }

            while (due > 0 && !cancel.IsCancellationRequested)
            {
                // A datagram stands once in the ring, so it can go only once in a call: its header is written in place.
                var count = (int)Math.Min(due, Math.Min(Batch, _lengths.Length));
                var took = SendBatch(count, ref flows, ref octets);
                sent += took;
                due -= took;
            }

            if (over)
            {
                return new BlastCount(sent, flows, octets, _time.GetElapsedTime(began).TotalSeconds, late);
            }

            Thread.Sleep(1);
        }

        return new BlastCount(sent, flows, octets, _time.GetElapsedTime(began).TotalSeconds, late);
    }

    public void Dispose()
    {
        _socket.Dispose();
        NativeMemory.AlignedFree(_ring);
        NativeMemory.Free(_messages);
        NativeMemory.Free(_vectors);
    }

    /// <summary>Flow records of a datagram: its header's count, or 0 where it carries templates.</summary>
    private static int CountFlows(byte[] datagram) =>
        BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(20)) < 256
            ? 0
            : BinaryPrimitives.ReadUInt16BigEndian(datagram.AsSpan(2));

    private int SendBatch(int count, ref long flows, ref long octets)
    {
        var seconds = (uint)_time.GetUtcNow().ToUnixTimeSeconds();
        for (var i = 0; i < count; i++)
        {
            var slot = (_at + i) % _lengths.Length;
            var datagram = SlotAt(slot);
            BinaryPrimitives.WriteUInt32BigEndian(datagram[8..], seconds);
            BinaryPrimitives.WriteUInt32BigEndian(datagram[12..], unchecked(_sequence + (uint)i));
            _vectors[i].Octets = _ring + ((nint)slot * Slot);
            _vectors[i].Length = (nuint)_lengths[slot];
        }

        var took = SendMany((int)_socket.Handle, _messages, (uint)count, 0);
        if (took < 0)
        {
            var fault = Marshal.GetLastPInvokeError();
            const int interrupted = 4, refused = 111, noBuffers = 105, again = 11;
            return fault is interrupted or refused or noBuffers or again ? 0 : throw new SocketException(fault);
        }

        for (var i = 0; i < took; i++)
        {
            var slot = (_at + i) % _lengths.Length;
            flows += _flows[slot];
            octets += _lengths[slot];
            _rotation?.Turn(SlotAt(slot));
        }

        _at = (_at + took) % _lengths.Length;
        _sequence = unchecked(_sequence + (uint)took);
        return took;
    }

    private Span<byte> SlotAt(int slot) => new(_ring + ((nint)slot * Slot), Slot);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    private static partial int SendMany(int socket, Message* messages, uint count, int flags);

    /// <summary>struct iovec.</summary>
    private struct Vector
    {
        public byte* Octets;
        public nuint Length;
    }

    /// <summary>struct mmsghdr on 64-bit Linux: of its fields only the vectors are used, the rest stay zero.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    private struct Message
    {
        [FieldOffset(16)]
        public Vector* Vectors;

        [FieldOffset(24)]
        public nuint VectorCount;
    }
}
