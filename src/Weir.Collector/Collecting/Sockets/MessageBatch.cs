// SPDX-License-Identifier: Apache-2.0
//
// The buffers of one recvmmsg call, made once: per message a header, a payload, a source address and a control area for
// the kernel's arrival time. Payloads lie a little more than their length apart, so that the first lines of all of them
// do not fall into the same sets of the processor's cache. Pages that no datagram reaches are never touched.
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Wire;

namespace Weir.Collector.Collecting.Sockets;

internal sealed unsafe class MessageBatch : IDisposable
{
    private const int NameOctets = 28;
    private const int ControlOctets = 64;
    private const int Line = 64;

    private readonly int _stride;
    private readonly int _payloadOctets;
    private NativeMethods.Message* _messages;
    private NativeMethods.IoVector* _slices;
    private byte* _names;
    private byte* _controls;
    private byte* _payloads;

    public MessageBatch(int capacity, int payloadOctets)
    {
        Capacity = capacity;
        _payloadOctets = payloadOctets;
        _stride = (((payloadOctets + Line - 1) / Line) + 25) * Line;
        _messages = (NativeMethods.Message*)NativeMemory.AllocZeroed((nuint)(capacity * sizeof(NativeMethods.Message)));
        _slices = (NativeMethods.IoVector*)NativeMemory.AllocZeroed((nuint)(capacity * sizeof(NativeMethods.IoVector)));
        _names = (byte*)NativeMemory.AllocZeroed((nuint)(capacity * NameOctets));
        _controls = (byte*)NativeMemory.AlignedAlloc((nuint)(capacity * ControlOctets), Line);
        _payloads = (byte*)NativeMemory.AlignedAlloc((nuint)capacity * (nuint)_stride, Line);
        for (var i = 0; i < capacity; i++)
        {
            _slices[i] = new() { Start = _payloads + ((long)i * _stride), Length = (nuint)payloadOctets };
            _messages[i].Header = new()
            {
                Name = _names + (i * NameOctets),
                Slices = _slices + i,
                SliceCount = 1,
                Control = _controls + (i * ControlOctets)
            };
        }

        Rearm(capacity);
    }

    ~MessageBatch() => Free();

    public int Capacity { get; }

    /// <summary>Takes what waits on a socket without blocking.</summary>
    /// <returns>The number of datagrams, or the negated error number.</returns>
    public int Receive(int descriptor)
    {
        var count = NativeMethods.ReceiveMany(
            descriptor, _messages, (uint)Capacity, NativeMethods.MessageDontWait, null);
        return count >= 0 ? count : -Marshal.GetLastPInvokeError();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Payload(int index) =>
        new(_payloads + ((long)index * _stride), (int)Math.Min(_messages[index].Received, (uint)_payloadOctets));

    public bool IsTruncated(int index) => (_messages[index].Header.Flags & NativeMethods.MessageTruncated) != 0;

    /// <summary>Source address and port of a datagram, from sockaddr_in or sockaddr_in6.</summary>
    public IpKey Exporter(int index, out ushort port)
    {
        var name = new ReadOnlySpan<byte>(_names + (index * NameOctets), NameOctets);
        port = BinaryPrimitives.ReadUInt16BigEndian(name[2..]);
        return *(ushort*)(_names + (index * NameOctets)) == NativeMethods.FamilyV4
            ? IpKey.FromV4(BinaryPrimitives.ReadUInt32BigEndian(name[4..]))
            : IpKey.FromV6(name.Slice(8, 16));
    }

    /// <summary>The kernel's time of arrival, milliseconds since the UNIX epoch; 0 where it gave none.</summary>
    public long ArrivedAtMs(int index)
    {
        var header = (NativeMethods.ControlHeader*)_messages[index].Header.Control;
        if (_messages[index].Header.ControlLength
            < (nuint)(sizeof(NativeMethods.ControlHeader) + sizeof(NativeMethods.TimeSpec))
            || header->Level != NativeMethods.SolSocket || header->Type != NativeMethods.SoTimestampNs)
        {
            return 0;
        }

        var time = (NativeMethods.TimeSpec*)(header + 1);
        return (time->Seconds * 1_000L) + (time->Nanoseconds / 1_000_000);
    }

    /// <summary>Gives the first <paramref name="count"/> messages their lengths back, which the
    /// kernel overwrote.</summary>
    public void Rearm(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _messages[i].Header.NameLength = NameOctets;
            _messages[i].Header.ControlLength = ControlOctets;
            _messages[i].Header.Flags = 0;
        }
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.Free(_messages);
        NativeMemory.Free(_slices);
        NativeMemory.Free(_names);
        NativeMemory.AlignedFree(_controls);
        NativeMemory.AlignedFree(_payloads);
        _messages = null;
        _slices = null;
        _names = null;
        _controls = null;
        _payloads = null;
    }
}
