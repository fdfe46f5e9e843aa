// SPDX-License-Identifier: Apache-2.0
//
// A change of authorization as it goes to a NAS, and its answer. The request carries Message-Authenticator first (over
// the packet with zeros in both authenticators) and Event-Timestamp, so that a NAS can throw away forged and replayed
// ones; its authenticator is that of accounting: MD5 over the packet with zeros in its place and the secret behind it.
// An answer counts only with our identifier, an authenticator over ours, and a right Message-Authenticator where it has
// one.
//
// Standards: RFC 5176 §2.3, §3, §6.3; RFC 2865 §3; RFC 2869 §5.3, §5.14.
using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Vault.Identity.Radius;

namespace Weir.Vault.Gardening.Radius;

/// <summary>Codes of RFC 5176 §3.</summary>
internal enum CoaCode : byte
{
    DisconnectRequest = 40,
    DisconnectAck = 41,
    DisconnectNak = 42,
    CoaRequest = 43,
    CoaAck = 44,
    CoaNak = 45,
}

/// <summary>What a NAS answered.</summary>
/// <param name="IsAck">It did it.</param>
/// <param name="Cause">Error-Cause, 0 where there is none.</param>
internal readonly record struct CoaResponse(bool IsAck, uint Cause);

/// <summary>Writes requests and reads answers.</summary>
internal static class CoaPacket
{
    private const int AuthenticatorOctets = 16;
    private const byte EventTimestamp = 55;
    private const byte MessageAuthenticator = 80;

    /// <exception cref="ArgumentException">It is longer than a RADIUS packet may be.</exception>
    public static byte[] Request(
        CoaCode code, byte identifier, DateTimeOffset at, ReadOnlySpan<byte> identification,
        IEnumerable<WalledGardenAttribute> attributes, ReadOnlySpan<byte> secret)
    {
        var stamp = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(stamp, (uint)at.ToUnixTimeSeconds());
        byte[] packet =
        [
            (byte)code, identifier, 0, 0, .. new byte[AuthenticatorOctets],
            MessageAuthenticator, AuthenticatorOctets + 2, .. new byte[AuthenticatorOctets],
            EventTimestamp, 6, .. stamp,
            .. identification,
            .. attributes.SelectMany(attribute => attribute.Octets),
        ];
        if (packet.Length > RadiusPacket.MaxOctets)
        {
            throw new ArgumentException($"vault.garden: the request has {packet.Length} octets, RADIUS allows "
                + $"{RadiusPacket.MaxOctets}; set fewer attributes");
        }

        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        RadiusDigest.Seal(packet, secret, packet.AsSpan(RadiusPacket.HeaderOctets + 2, AuthenticatorOctets));
        Span<byte> digest = stackalloc byte[AuthenticatorOctets];
        RadiusDigest.Sign(packet, secret, digest);
        digest.CopyTo(packet.AsSpan(4));
        return packet;
    }

    /// <summary>Reads an answer to a request; false where it is none, or forged.</summary>
    public static bool TryRead(
        ReadOnlySpan<byte> datagram, ReadOnlySpan<byte> request, ReadOnlySpan<byte> secret, out CoaResponse answer)
    {
        answer = default;
        var coa = request[0] == (byte)CoaCode.CoaRequest;
        var (ack, nak) = coa ? (CoaCode.CoaAck, CoaCode.CoaNak) : (CoaCode.DisconnectAck, CoaCode.DisconnectNak);
        if (!RadiusPacket.TryRead(datagram, out var packet, out _) || packet.Identifier != request[1]
            || (packet.Code != (byte)ack && packet.Code != (byte)nak) || !IsGenuine(in packet, request, secret))
        {
            return false;
        }

        uint cause = 0;
        foreach (var attribute in packet)
        {
            if (attribute.Type == ErrorCause.Attribute && attribute.Value.Length == 4)
            {
                cause = BinaryPrimitives.ReadUInt32BigEndian(attribute.Value);
            }
        }

        answer = new(packet.Code == (byte)ack, cause);
        return true;
    }

    private static bool IsGenuine(in RadiusPacket packet, ReadOnlySpan<byte> request, ReadOnlySpan<byte> secret)
    {
        Span<byte> copy = stackalloc byte[packet.Octets.Length];
        Span<byte> digest = stackalloc byte[AuthenticatorOctets];
        packet.Octets.CopyTo(copy);
        request.Slice(4, AuthenticatorOctets).CopyTo(copy[4..]);
        RadiusDigest.Sign(copy, secret, digest);
        if (!CryptographicOperations.FixedTimeEquals(digest, packet.Authenticator))
        {
            return false;
        }

        foreach (var attribute in packet)
        {
            if (attribute.Type != MessageAuthenticator)
            {
                continue;
            }

            if (attribute.Value.Length != AuthenticatorOctets)
            {
                return false;
            }

            copy.Slice(attribute.Offset, AuthenticatorOctets).Clear();
            RadiusDigest.Seal(copy, secret, digest);
            return CryptographicOperations.FixedTimeEquals(digest, attribute.Value);
        }

        return true;
    }
}
