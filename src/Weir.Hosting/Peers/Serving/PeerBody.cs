// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Http;

namespace Weir.Hosting.Peers.Serving;

/// <summary>A request's body that refuses to be longer than the route allows.</summary>
internal sealed class PeerBody(Stream inner, long maxOctets) : Stream
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

    /// <summary>The whole body.</summary>
    /// <exception cref="PeerRefusalException">It is too large.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(
        PeerRequest request, int maxOctets, CancellationToken cancel)
    {
        await using var body = new PeerBody(request.Body, maxOctets);
        var octets = new byte[Math.Min(request.Length ?? Step, maxOctets) + 1];
        var length = 0;
        int read;
        while ((read = await body.ReadAsync(octets.AsMemory(length), cancel)) > 0)
        {
            length += read;
            if (length == octets.Length)
            {
                Array.Resize(ref octets, Math.Min(octets.Length * 2, maxOctets + 1));
            }
        }

        return octets.AsMemory(0, length);
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

    private int Count(int read) => (_read += read) <= maxOctets ? read : throw TooLarge(maxOctets);
}
