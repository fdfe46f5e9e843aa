// SPDX-License-Identifier: Apache-2.0
//
// Values of the SSH protocol into octets.
//
// Standards: RFC 4251 section 5.
using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Weir.Contracts.Ssh;

/// <summary>Writes one value behind another.</summary>
internal sealed class SshWriter
{
    private readonly ArrayBufferWriter<byte> _octets = new();

    public SshWriter Raw(ReadOnlySpan<byte> octets)
    {
        _octets.Write(octets);
        return this;
    }

    public SshWriter Raw(byte octet) => Raw([octet]);

    public SshWriter UInt32(uint value)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return Raw(octets);
    }

    public SshWriter String(ReadOnlySpan<byte> value) => UInt32((uint)value.Length).Raw(value);

    public SshWriter String(string value) => String(Encoding.UTF8.GetBytes(value));

    /// <summary>A whole number, given big end first.</summary>
    public SshWriter Unsigned(ReadOnlySpan<byte> value)
    {
        value = value.TrimStart((byte)0);
        return value.Length > 0 && value[0] >= 0x80 ? String([0, .. value]) : String(value);
    }

    public byte[] ToArray() => _octets.WrittenSpan.ToArray();
}
