// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using Weir.Wire;

namespace Weir.Vault.Sealing;

/// <summary>Who a case is about, as it lies sealed.</summary>
/// <param name="Subject">Address block or line number.</param>
/// <param name="Line">What the provider's records call the line; empty for a static address,
/// which names itself.</param>
/// <param name="Epoch">Epoch of the pseudonym it was sealed from.</param>
/// <param name="SealedAtMs">When, milliseconds since the UNIX epoch, UTC.</param>
internal sealed record SealedSubject(IpKey Subject, string Line, uint Epoch, long SealedAtMs)
{
    private const int Fixed = 16 + 4 + 8;

    public int Octets => Fixed + Encoding.UTF8.GetByteCount(Line);

    /// <summary>Writes <see cref="Octets"/> octets.</summary>
    public void WriteTo(Span<byte> to)
    {
        Subject.WriteTo(to);
        BinaryPrimitives.WriteUInt32BigEndian(to[16..], Epoch);
        BinaryPrimitives.WriteInt64BigEndian(to[20..], SealedAtMs);
        Encoding.UTF8.GetBytes(Line, to[Fixed..]);
    }

    /// <exception cref="InvalidDataException">It is too short.</exception>
    public static SealedSubject Read(ReadOnlySpan<byte> from) => from.Length < Fixed
        ? throw new InvalidDataException($"a sealed subject has at least {Fixed} octets, this one has {from.Length}")
        : new(
            IpKey.FromV6(from), Encoding.UTF8.GetString(from[Fixed..]),
            BinaryPrimitives.ReadUInt32BigEndian(from[16..]), BinaryPrimitives.ReadInt64BigEndian(from[20..]));
}
