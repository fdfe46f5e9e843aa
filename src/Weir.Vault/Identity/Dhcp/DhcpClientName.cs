// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Vault.Identity.Records;

namespace Weir.Vault.Identity.Dhcp;

/// <summary>Which line a client is on: the relay's circuit id where there is one, then the client's own
/// id, then its MAC.</summary>
internal static class DhcpClientName
{
    public static SubscriberLineName? Create(
        SubscriberLineNamer naming, byte[]? circuit, byte[]? client, byte[]? hardware, string clientSort = "client")
    {
        if (circuit is { Length: > 0 })
        {
            return naming.Plain("circuit", circuit);
        }

        return client is { Length: > 0 } ? naming.Plain(clientSort, Convert.ToHexStringLower(client))
            : hardware is { Length: > 0 } ? naming.Plain("mac", Convert.ToHexStringLower(hardware))
            : null;
    }

    /// <summary>Octets written in hexadecimal, with or without colons or "0x".</summary>
    public static byte[]? Hex(string text)
    {
        var digits = new StringBuilder(text.Length);
        foreach (var part in (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? text[2..] : text).Split(
            ':', '-'))
        {
            // "a:b:c" drops leading zeros.
            digits.Append(part.Length % 2 == 1 ? "0" : "").Append(part);
        }

        var hex = digits.ToString();
        return hex.Length > 0 && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : null;
    }

    /// <summary>The agent's circuit id out of the sub-options of DHCP option 82 (RFC 3046 §2.0).</summary>
    public static byte[]? Circuit(ReadOnlySpan<byte> relay)
    {
        while (relay.Length >= 2 && relay[1] <= relay.Length - 2)
        {
            if (relay[0] == 1)
            {
                return relay.Slice(2, relay[1]).ToArray();
            }

            relay = relay[(2 + relay[1])..];
        }

        return null;
    }
}
