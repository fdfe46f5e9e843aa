// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Tests.Support;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>Tables and packets for the tests of identity.</summary>
internal static class IdentitySamples
{
    public const string Secret = "rosebud";

    /// <summary>Seconds since the UNIX epoch that stand for second 0 of a test; ten days are before it.</summary>
    public const long Zero = 864_000;

    public static readonly IpKey Nas = IpKey.Parse("192.0.2.1");

    public static SubscriberLineNamer Naming { get; } = new("0123456789abcdef"u8);

    public static long Ms(double second) => (long)((Zero + second) * 1000);

    /// <summary>The same as settings write it.</summary>
    public static string Text(double second) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Ms(second)).ToString("O", CultureInfo.InvariantCulture);

    public static SubscriberLineName User(string name) => Naming.Hidden("user", Encoding.ASCII.GetBytes(name));

    public static FakeTimeProvider Clock(double second = 0)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UnixEpoch);
        clock.Advance(TimeSpan.FromSeconds(Zero + second));
        return clock;
    }

    public static RadiusSecrets Secrets { get; } = new([(Prefix.Parse("192.0.2.0/24"), Secret)]);

    public static SubscriberLineName? LineOf(
        this IIdentity identity, string address, double second, ushort? port = null) =>
            identity.WhoHad(IpKey.Parse(address), port, Ms(second)) is IdentityAnswer.Line line ? line.Name : null;

    public static string CodeOf(this IIdentity identity, string address, double second, ushort? port = null) =>
        identity.WhoHad(IpKey.Parse(address), port, Ms(second)) switch
        {
            IdentityAnswer.Line line => line.IsConfirmed ? "confirmed" : "presumed",
            IdentityAnswer.None none => none.Code,
            _ => throw new InvalidOperationException(),
        };
}

/// <summary>Writes accounting requests as a NAS does.</summary>
internal sealed class AccountingMaker
{
    private readonly List<byte> _attributes = [];
    private byte _identifier;

    public static AccountingMaker Create(
        AccountingStatus status, string? user = "alice", string? session = "s1", long? eventSecond = null)
    {
        var made = new AccountingMaker().U32(40, (uint)status);
        if (user is not null)
        {
            made.Text(1, user);
        }

        if (session is not null)
        {
            made.Text(44, session);
        }

        return eventSecond is { } second ? made.U32(55, (uint)(IdentitySamples.Zero + second)) : made;
    }

    public AccountingMaker As(byte identifier)
    {
        _identifier = identifier;
        return this;
    }

    public AccountingMaker Address(string address) => IpKey.Parse(address) is { IsV4: true } v4
        ? U32(8, v4.V4)
        : Octets(168, IpKey.Parse(address).ToIPAddress().GetAddressBytes());

    public AccountingMaker Network(byte type, string network)
    {
        var prefix = Prefix.Parse(network);
        return Octets(type, [
            0, (byte)prefix.Length, .. prefix.Network.ToIPAddress().GetAddressBytes()[..((prefix.Length + 7) / 8)]]);
    }

    public AccountingMaker U32(byte type, uint value)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(octets, value);
        return Octets(type, octets);
    }

    public AccountingMaker Text(byte type, string text) => Octets(type, Encoding.UTF8.GetBytes(text));

    public AccountingMaker Octets(byte type, byte[] value)
    {
        _attributes.AddRange([type, (byte)(value.Length + 2), .. value]);
        return this;
    }

    public byte[] Packet(string secret = IdentitySamples.Secret, bool sealedToo = false)
    {
        var seal = _attributes.Count + 22;
        byte[] octets = [4, _identifier, 0, 0, .. new byte[16], .. _attributes, .. sealedToo
            ? [80, 18, .. new byte[16]]
            : Array.Empty<byte>()];
        BinaryPrimitives.WriteUInt16BigEndian(octets.AsSpan(2), (ushort)octets.Length);
        var key = Encoding.UTF8.GetBytes(secret);
#pragma warning disable CA5351 // RFC 2866 and RFC 2869 prescribe MD5.
        if (sealedToo)
        {
            HMACMD5.HashData(key, octets).CopyTo(octets, seal);
        }

        MD5.HashData([.. octets, .. key]).CopyTo(octets, 4);
#pragma warning restore CA5351 // Only there.
        return octets;
    }
}
