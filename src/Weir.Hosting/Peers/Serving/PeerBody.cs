// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;

namespace Weir.Hosting.Peers.Serving;

/// <summary>A request's body that refuses to be longer than the route allows, or than there is room for where whoever
/// reads it holds it.</summary>
/// <param name="inner">What comes.</param>
/// <param name="maxOctets">Most octets of it.</param>
/// <param name="held">What is held of it; null where what reads it takes the room itself.</param>
internal sealed class PeerBody(Stream inner, long maxOctets, BodyShare? held = null) : Stream
{
    private const int Step = 16 << 10;

    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    /// <summary>The whole body. Room is taken for what came, never for what was announced.</summary>
    /// <exception cref="PeerRefusalException">It is too large, or there is no room.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        PeerRequest request, int maxOctets, BodyShare held, CancellationToken cancel)
    {
        await using var body = new PeerBody(request.Body, maxOctets);
        var octets = New(Math.Min(Step, maxOctets + 1), 0);
        var length = 0;
        int read;
        while ((read = await body.ReadAsync(octets.AsMemory(length), cancel)) > 0)
        {
            length += read;
            if (length == octets.Length)
            {
                var larger = New(Math.Min(octets.Length * 2, maxOctets + 1), octets.Length);
                octets.CopyTo(larger, 0);
                octets = larger;
            }
        }

        return octets.AsMemory(0, length);

        byte[] New(int size, int before)
        {
            held.Take(size - before);
            return new byte[size];
        }
    }

    public static PeerRefusalException TooLarge(long maxOctets) => new(
        PeerCodes.TooLarge,
        FormattableString.Invariant($"the body is larger than {maxOctets} octets; send it in parts"),
        StatusCodes.Status413PayloadTooLarge);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer,
        CancellationToken cancellationToken = default) =>
        Count(await inner.ReadAsync(buffer, cancellationToken));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private int Count(int read)
    {
        held?.Take(read);
        return (_read += read) <= maxOctets ? read : throw TooLarge(maxOctets);
    }
}
