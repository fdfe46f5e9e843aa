// SPDX-License-Identifier: Apache-2.0
//
// The intake table as collectors get it: with line numbers in place of names (rules.md R7). The whole of it once, then
// what changed. Rows are made as they are sent: a provider's whole table is larger than what a vault should hold twice.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;

namespace Weir.Vault.Attributing;

/// <summary>Gives the table. Safe for any thread.</summary>
internal sealed class IntakeTableGate(IIdentity identity, SubscriberLineIdDeriver lines)
{
    private readonly ulong _instance = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    public Task<Stream> AnswerAsync(PeerCall call, CancellationToken cancel)
    {
        var known = call.Query("instance") == _instance.ToString("x16", CultureInfo.InvariantCulture)
            ? call.Number("after") ?? 0
            : 0;
        var rows = identity.IntakeRows(known, out var version);
        var head = new byte[IntakeRows.Octets];
        new IntakeRows(_instance, version, known == 0).WriteTo(head);
        return Task.FromResult<Stream>(new RowStream(head, rows, lines));
    }

    /// <summary>The head, then row after row.</summary>
    private sealed class RowStream(byte[] head, IEnumerable<IntakeRow> rows, SubscriberLineIdDeriver lines) : Stream
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
}
