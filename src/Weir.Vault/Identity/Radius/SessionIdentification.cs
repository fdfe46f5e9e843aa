// SPDX-License-Identifier: Apache-2.0
//
// What a NAS needs to find a session again: the identification attributes of RFC 5176 §3, copied out of the accounting
// as they came. Without one that names the NAS its address stands in.
using System.Globalization;
using System.Net;
using System.Text;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>Identification attributes as octets: type, length, value, one after the other.</summary>
internal static class SessionIdentification
{
    public const byte UserName = 1;
    public const byte NasIpAddress = 4;
    public const byte NasPort = 5;
    public const byte FramedIpAddress = 8;
    public const byte CallingStationId = 31;
    public const byte NasIdentifier = 32;
    public const byte AcctSessionId = 44;
    public const byte NasPortId = 87;
    public const byte ChargeableUserIdentity = 89;
    public const byte NasIpv6Address = 95;
    public const byte FramedIpv6Prefix = 97;

    /// <summary>Attributes that are kept, in the order in which they are sent.</summary>
    public static IReadOnlyList<byte> Kept { get; } =
    [
        NasIpAddress, NasIpv6Address, NasIdentifier, AcctSessionId, UserName, NasPort, NasPortId, FramedIpAddress,
        FramedIpv6Prefix, CallingStationId, ChargeableUserIdentity,
    ];

    private const int MaxOctets = 1_024;

    public static byte[] From(in RadiusPacket packet, IpKey source)
    {
        var values = new byte[]?[256];
        foreach (var attribute in packet)
        {
            values[attribute.Type] ??= attribute.Value.ToArray();
        }

        if (values[NasIpAddress] is null && values[NasIpv6Address] is null && values[NasIdentifier] is null)
        {
            values[source.IsV4 ? NasIpAddress : NasIpv6Address] = source.ToIPAddress().GetAddressBytes();
        }

        return Join(values);
    }

    /// <summary>From the attributes of a detail file, by name.</summary>
    public static byte[] From(IReadOnlyDictionary<string, string> attributes)
    {
        var values = new byte[]?[256];
        foreach (var (type, name) in ((byte, string)[])
            [
                (UserName, "User-Name"), (NasIdentifier, "NAS-Identifier"), (AcctSessionId, "Acct-Session-Id"),
                (NasPortId, "NAS-Port-Id"), (CallingStationId, "Calling-Station-Id")])
        {
            values[type] =
                attributes.GetValueOrDefault(name) is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : null;
        }

        foreach (var (type, name) in ((byte, string)[])[
            (NasIpAddress, "NAS-IP-Address"), (NasIpv6Address, "NAS-IPv6-Address"),
            (FramedIpAddress, "Framed-IP-Address")])
        {
            values[type] = IPAddress.TryParse(attributes.GetValueOrDefault(name, ""), out var address)
                ? address.GetAddressBytes()
                : null;
        }

        if (uint.TryParse(
            attributes.GetValueOrDefault("NAS-Port", ""), NumberStyles.None, CultureInfo.InvariantCulture,
            out var port))
        {
            values[NasPort] = [(byte)(port >> 24), (byte)(port >> 16), (byte)(port >> 8), (byte)port];
        }

        return Join(values);
    }

    /// <summary>The value of an attribute; empty where it is not there.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> identification, byte type)
    {
        while (identification.Length >= 2 && identification[1] >= 2 && identification[1] <= identification.Length)
        {
            if (identification[0] == type)
            {
                return identification[2..identification[1]];
            }

            identification = identification[identification[1]..];
        }

        return default;
    }

    private static byte[] Join(byte[]?[] values)
    {
        var joined = new List<byte>(128);
        foreach (var type in Kept)
        {
            if (values[type] is { Length: > 0 and <= 253 } value && joined.Count + 2 + value.Length <= MaxOctets)
            {
                joined.AddRange([type, (byte)(value.Length + 2), .. value]);
            }
        }

        return [.. joined];
    }
}
