// SPDX-License-Identifier: Apache-2.0
//
// Who may speak: the authenticator of an accounting request is the MD5 of the packet with zeros in its place and the
// secret behind it; a Message-Authenticator, where there is one, the HMAC-MD5 of the packet with zeros in both places.
// The response is signed likewise over the request's authenticator. MD5 is what the protocol prescribes.
//
// Standards: RFC 2866 §3, RFC 2869 §5.14, RFC 2865 §5.33 (Proxy-State goes back as it came).
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Weir.Vault.Identity.Radius;

/// <summary>Checks requests and signs responses.</summary>
internal static class RadiusDigest
{
    private const int AuthenticatorOctets = 16;
    private const byte ProxyState = 33;
    private const byte MessageAuthenticator = 80;

    public static bool IsGenuine(in RadiusPacket request, ReadOnlySpan<byte> secret)
    {
        Span<byte> copy = stackalloc byte[request.Octets.Length];
        Span<byte> digest = stackalloc byte[AuthenticatorOctets];
        request.Octets.CopyTo(copy);
        copy.Slice(4, AuthenticatorOctets).Clear();
        Sign(copy, secret, digest);
        if (!CryptographicOperations.FixedTimeEquals(digest, request.Authenticator))
        {
            return false;
        }

        foreach (var attribute in request)
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
            Seal(copy, secret, digest);
            return CryptographicOperations.FixedTimeEquals(digest, attribute.Value);
        }

        return true;
    }

    /// <summary>Writes the accounting response to a request; how many octets it has, at most as many as the
    /// request and 18 more.</summary>
    public static int Respond(in RadiusPacket request, ReadOnlySpan<byte> secret, Span<byte> response)
    {
        response[0] = RadiusPacket.AccountingResponse;
        response[1] = request.Identifier;
        request.Authenticator.CopyTo(response[4..]);
        var length = RadiusPacket.HeaderOctets;
        var seal = -1;
        foreach (var attribute in request)
        {
            if (attribute.Type is not (ProxyState or MessageAuthenticator)
                || (attribute.Type == MessageAuthenticator && seal >= 0))
            {
                continue;
            }

            response[length] = attribute.Type;
            response[length + 1] = (byte)(attribute.Value.Length + 2);
            if (attribute.Type == MessageAuthenticator)
            {
                seal = length + 2;
                response.Slice(seal, AuthenticatorOctets).Clear();
            }
            else
            {
                attribute.Value.CopyTo(response[(length + 2)..]);
            }

            length += attribute.Value.Length + 2;
        }

        BinaryPrimitives.WriteUInt16BigEndian(response[2..], (ushort)length);
        var packet = response[..length];
        Span<byte> digest = stackalloc byte[AuthenticatorOctets];
        if (seal >= 0)
        {
            Seal(packet, secret, digest);
            digest.CopyTo(packet[seal..]);
        }

        Sign(packet, secret, digest);
        digest.CopyTo(packet[4..]);
        return length;
    }

#pragma warning disable CA5351 // RFC 2866 and RFC 2869 prescribe MD5; a network of NASes speaks nothing else over UDP.
    internal static void Sign(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> secret, Span<byte> digest)
    {
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        md5.AppendData(packet);
        md5.AppendData(secret);
        _ = md5.GetHashAndReset(digest);
    }

    internal static void Seal(ReadOnlySpan<byte> packet, ReadOnlySpan<byte> secret, Span<byte> digest) =>
        HMACMD5.HashData(secret, packet, digest);
#pragma warning restore CA5351 // The rest of the house does not use MD5.
}
