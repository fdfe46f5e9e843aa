// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Wire;

namespace Weir.Contracts.Flows;

/// <summary>Endpoints as people write them; <see cref="Endpoint.TryParse"/> reads only what Weir writes.</summary>
public static class EndpointText
{
    /// <summary>An address alone has port 0, a port without protocol is TCP.</summary>
    /// <param name="text">Such as <c>192.0.2.7</c>, <c>192.0.2.7:443</c>, <c>192.0.2.7:53/udp</c> or
    /// <c>[2001:db8::7]:443</c>.</param>
    /// <param name="endpoint">What it says.</param>
    public static bool TryRead(string text, out Endpoint endpoint)
    {
        endpoint = default;
        var (what, protocol) = (text, Protocols.Tcp);
        if (text.LastIndexOf('/') is > 0 and var slash)
        {
            what = text[..slash];
            if (!Protocols.TryParse(text.AsSpan(slash + 1), out protocol))
            {
                return false;
            }
        }

        ushort port = 0;
        var colon = what.LastIndexOf(':');
        if (colon > 0 && (what[colon - 1] == ']' || what.IndexOf(':') == colon))
        {
            if (!ushort.TryParse(what[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
                || port == 0)
            {
                return false;
            }

            what = what[..colon];
        }

        if (!IpKey.TryParse(what.Trim('[', ']'), out var address))
        {
            return false;
        }

        endpoint = new Endpoint(address, port, protocol);
        return true;
    }
}
