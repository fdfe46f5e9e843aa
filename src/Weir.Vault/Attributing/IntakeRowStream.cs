// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;

namespace Weir.Vault.Attributing;

/// <summary>The head, then row after row.</summary>
internal sealed class IntakeRowStream(byte[] head, IEnumerable<IntakeRow> rows, SubscriberLineIdDeriver lines)
    : Stream
{
    private readonly IEnumerator<IntakeRow> _rows = rows.GetEnumerator();
    private readonly byte[] _row = new byte[IntakeEntry.Octets];
    private ReadOnlyMemory<byte> _left = head;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var written = 0;
        while (written < buffer.Length && (_left.Length > 0 || MoveNext()))
        {
            var some = Math.Min(_left.Length, buffer.Length - written);
            _left.Span[..some].CopyTo(buffer[written..]);
            _left = _left[some..];
            written += some;
        }

        return written;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult(Read(buffer.Span));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _rows.Dispose();
        base.Dispose(disposing);
    }

    private bool MoveNext()
    {
        if (!_rows.MoveNext())
        {
            return false;
        }

        var row = _rows.Current;
        new IntakeEntry(row.Id, new AddressAssignment(
            row.Network, row.PortFrom, row.PortTo, row.FromMs, row.UntilMs, lines.Compute(row.Line),
            row.Protocol))
            .WriteTo(_row);
        _left = _row;
        return true;
    }
}
