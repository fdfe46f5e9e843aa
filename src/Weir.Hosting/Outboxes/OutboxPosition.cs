// SPDX-License-Identifier: Apache-2.0
//
// How far an outbox was acknowledged. The file is overwritten in place and never synced: the death of the process
// leaves it right, and a loss of power leaves an earlier or an unreadable one, so that items come again and none is
// lost.
using System.Buffers.Binary;
using Weir.Hosting.Files;

namespace Weir.Hosting.Outboxes;

internal sealed class OutboxPosition : IDisposable
{
    private const string Name = "position";
    private const int Octets = 28;

    private readonly IDurableFile _file;

    public OutboxPosition(IDurableFolder folder)
    {
        _file = folder.OpenFile(Name);
        Span<byte> octets = stackalloc byte[Octets];
        if (_file.Read(0, octets) == Octets
            && OutboxRecord.Crc(0, octets[..^4]) == BinaryPrimitives.ReadUInt32LittleEndian(octets[^4..]))
        {
            Segment = BinaryPrimitives.ReadInt64LittleEndian(octets);
            Offset = BinaryPrimitives.ReadInt64LittleEndian(octets[8..]);
            Count = BinaryPrimitives.ReadInt64LittleEndian(octets[16..]);
        }
    }

    /// <summary>Number of the first file that was not acknowledged whole; 0 where that is not known.</summary>
    public long Segment { get; private set; }

    /// <summary>Octets of it that were acknowledged.</summary>
    public long Offset { get; private set; }

    /// <summary>Items of it that were acknowledged.</summary>
    public long Count { get; private set; }

    public void Set(long segment, long offset, long count)
    {
        (Segment, Offset, Count) = (segment, offset, count);
        Span<byte> octets = stackalloc byte[Octets];
        BinaryPrimitives.WriteInt64LittleEndian(octets, segment);
        BinaryPrimitives.WriteInt64LittleEndian(octets[8..], offset);
        BinaryPrimitives.WriteInt64LittleEndian(octets[16..], count);
        BinaryPrimitives.WriteUInt32LittleEndian(octets[^4..], OutboxRecord.Crc(0, octets[..^4]));
        _file.Write(0, octets);
    }

    public void Dispose() => _file.Dispose();
}
