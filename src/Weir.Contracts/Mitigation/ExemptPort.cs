// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;

namespace Weir.Contracts.Mitigation;

/// <summary>A service by protocol and port.</summary>
public readonly record struct ExemptPort(byte Protocol, ushort Port)
{
    /// <summary>Reads <c>udp/5060</c>.</summary>
    public static bool TryParse(string text, out ExemptPort service)
    {
        service = default;
        var parts = text.Split('/');
        if (parts.Length != 2 || !Protocols.TryParse(parts[0], out var protocol)
            || !ushort.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return false;
        }

        service = new(protocol, port);
        return true;
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Protocols.ToName(Protocol)}/{Port}");
}
