// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Net;
using System.Text;
using FsCheck.Xunit;
using Weir.Vault.Gardening.Radius;

namespace Weir.Tests.Vault.Gardening;

/// <summary>Requests octet by octet as FreeRADIUS' radclient 3.2.1 writes the same attributes under the same secret;
/// answers that count and such that do not.</summary>
public sealed class CoaPacketTests
{
    private const string Coa =
        "2bd10075520656e9083f731fdc27d73bc6694a485012326b6b5b2e66708969ead05f42da85dc37066553f1000406c00002012007626e672d312c06303030310113616c696365406578616d706c652e6e65740506000000070806c63364070b0c776569722d6c65616b791a0b000000090105613d62";

    private const string Disconnect =
        "28df005ec82a3e5d8de1bed8a3b45a101bf5d502501217e6a0d9d8d9ac269be48d831a778a7837066553f1000406c00002012007626e672d312c06303030310113616c696365406578616d706c652e6e65740506000000070806c6336407";

    private static readonly byte[] Secret = "rosebud"u8.ToArray();
    private static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    [Fact]
    public void A_change_is_octet_by_octet_what_radclient_sends()
    {
        var made = CoaPacket.Request(
            CoaCode.CoaRequest, 0xd1, At, Identification(),
            [WalledGardenAttribute.Parse("Filter-Id=weir-leaky"), WalledGardenAttribute.Parse("26.9.1=a=b")], Secret);

        Assert.Equal(Coa, Convert.ToHexStringLower(made));
    }

    [Fact]
    public void A_disconnect_is_octet_by_octet_what_radclient_sends()
    {
        var made = CoaPacket.Request(CoaCode.DisconnectRequest, 0xdf, At, Identification(), [], Secret);

        Assert.Equal(Disconnect, Convert.ToHexStringLower(made));
    }

    [Theory]
    [InlineData(44, 0u, false, true)]
    [InlineData(45, 503u, true, false)]
    [InlineData(45, 0u, true, false)]
    public void A_genuine_answer_counts_with_and_without_a_message_authenticator(
        byte code, uint cause, bool isSealed, bool isAck)
    {
        var request = Convert.FromHexString(Coa);

        Assert.True(CoaPacket.TryRead(
            CoaResponseSamples.To(request, code, cause, Secret, isSealed), request, Secret, out var answer));

        Assert.Equal((isAck, cause), (answer.IsAck, answer.Cause));
    }

    [Fact]
    public void An_answer_under_another_secret_to_another_request_or_of_another_kind_does_not_count()
    {
        var request = Convert.FromHexString(Coa);
        var later = CoaPacket.Request(CoaCode.CoaRequest, 0xd1, At.AddSeconds(1), Identification(), [], Secret);

        Assert.False(CoaPacket.TryRead(
            CoaResponseSamples.To(request, 44, 0, "guess"u8.ToArray(), false), request, Secret, out _));
        Assert.False(CoaPacket.TryRead(CoaResponseSamples.To(request, 44, 0, Secret, false), later, Secret, out _));
        Assert.False(CoaPacket.TryRead(CoaResponseSamples.To(request, 41, 0, Secret, false), request, Secret, out _));
        Assert.False(CoaPacket.TryRead(request, request, Secret, out _));
        Assert.False(CoaPacket.TryRead([], request, Secret, out _));
    }

    [Property]
    public bool No_octet_of_an_answer_can_be_changed(byte at, byte with, bool isSealed)
    {
        var request = Convert.FromHexString(Coa);
        var answer = CoaResponseSamples.To(request, 45, 503, Secret, isSealed);
        var place = at % answer.Length;
        if (answer[place] == with)
        {
            return true;
        }

        answer[place] = with;
        return !CoaPacket.TryRead(answer, request, Secret, out _);
    }

    [Theory]
    [InlineData("Filter-Id=weir-leaky", "0b0c776569722d6c65616b79")]
    [InlineData("filter-id = x", "0b0378")]
    [InlineData("11=0x0102", "0b040102")]
    [InlineData("Session-Timeout=60", "1b060000003c")]
    [InlineData("200=int:7", "c80600000007")]
    [InlineData("22=ip:192.0.2.1", "1606c0000201")]
    [InlineData("26.3561.130=int:1", "1a0c00000de9820600000001")]
    public void An_attribute_is_written_as_its_octets(string text, string octets) =>
        Assert.Equal(octets, Convert.ToHexStringLower(WalledGardenAttribute.Parse(text).Octets));

    [Theory]
    [InlineData("Filter-Id", "is no attribute")]
    [InlineData("Filter-Id=", "is no attribute")]
    [InlineData("Filtre=x", "not among the attributes known by name")]
    [InlineData("26=x", "not among the attributes")]
    [InlineData("26.9=x", "not among the attributes")]
    [InlineData("26.9.0=x", "no vendor's attribute")]
    [InlineData("27.9.1=x", "no vendor's attribute")]
    [InlineData("11=0x123", "hexadecimal")]
    [InlineData("Session-Timeout=soon", "is no number")]
    [InlineData("8=ip:192.0.2.1", "names the session or guards")]
    [InlineData("80=0x00", "names the session or guards")]
    [InlineData("11=ip:nowhere", "is no address")]
    public void What_is_no_attribute_is_told_with_its_mend(string text, string why) =>
        Assert.Contains(
            why, Assert.Throws<ArgumentException>(() => WalledGardenAttribute.Parse(text)).Message,
            StringComparison.Ordinal);

    [Fact]
    public void A_value_or_a_packet_that_is_too_long_is_refused()
    {
        Assert.Contains(
            "254 octets",
            Assert.Throws<ArgumentException>(() => WalledGardenAttribute.Parse("11=" + new string('x', 254))).Message,
            StringComparison.Ordinal);
        var longest = WalledGardenAttribute.Parse("11=" + new string('x', 253));
        Assert.Contains("RADIUS allows", Assert.Throws<ArgumentException>(() => CoaPacket.Request(
            CoaCode.CoaRequest, 1, At, [], Enumerable.Repeat(longest, 16), Secret)).Message, StringComparison.Ordinal);
    }

    private static byte[] Identification() =>
    [
        .. Attribute(4, IPAddress.Parse("192.0.2.1").GetAddressBytes()), .. Attribute(32, "bng-1"u8),
        .. Attribute(44, "0001"u8), .. Attribute(1, "alice@example.net"u8), .. Attribute(5, [0, 0, 0, 7]),
        .. Attribute(8, IPAddress.Parse("198.51.100.7").GetAddressBytes()),
    ];

    private static byte[] Attribute(byte type, ReadOnlySpan<byte> value) => [type, (byte)(value.Length + 2), .. value];
}

/// <summary>Answers as a NAS makes them, by the letter of RFC 5176 §3 and RFC 2869 §5.14.</summary>
internal static class CoaResponseSamples
{
    public static byte[] To(byte[] request, byte code, uint cause, byte[] secret, bool isSealed)
    {
        byte[] error =
            cause == 0 ? [] : [101, 6, (byte)(cause >> 24), (byte)(cause >> 16), (byte)(cause >> 8), (byte)cause];
        byte[] seal = isSealed ? [80, 18, .. new byte[16]] : [];
        byte[] packet = [code, request[1], 0, 0, .. request[4..20], .. error, .. seal];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
        if (isSealed)
        {
#pragma warning disable CA5351 // The protocol prescribes it.
            System.Security.Cryptography.HMACMD5.HashData(secret, packet).CopyTo(packet.AsSpan(packet.Length - 16));
        }

        System.Security.Cryptography.MD5.HashData([.. packet, .. secret]).CopyTo(packet.AsSpan(4));
#pragma warning restore CA5351
        return packet;
    }
}
