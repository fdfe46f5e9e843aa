// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Wire;

namespace Weir.Contracts.Flows;

/// <summary>Predicates as people and tokens write them: direction, protocol, remote ports, remote addresses, with
/// slashes between.</summary>
public static class PredicateText
{
    /// <summary>One canonical text, which <see cref="TryRead"/> reads back; a port of the subject's own
    /// is not written.</summary>
    public static string Write(FlowPredicate predicate) => string.Create(
        CultureInfo.InvariantCulture,
        $"{FlowPredicate.ToName(predicate.Direction)}/{(predicate.Protocol == 0 ? "any" : Protocols.ToName(predicate.Protocol))}/{(predicate.RemotePorts.IsEmpty ? "any" : string.Join(',', predicate.RemotePorts))}/{(predicate.Remotes.IsEmpty ? "any" : string.Join(',', predicate.Remotes))}");

    /// <summary>Reads <c>out/udp/7703/203.0.113.9</c>: direction, protocol, remote ports, remote addresses; <c>any</c>
    /// or nothing = all, several by commas.</summary>
    public static bool TryRead(string text, out FlowPredicate predicate)
    {
        predicate = new FlowPredicate();
        var parts = text.Split('/');
        Direction? direction = parts[0] switch
        {
            "out" => Direction.Out,
            "in" => Direction.In,
            "both" or "any" => Direction.Both,
            _ => null
        };
        byte protocol = 0;
        if (direction is null || parts.Length > 4
            || (parts.Length > 1 && parts[1] is not ("" or "any") && !Protocols.TryParse(parts[1], out protocol)))
        {
            return false;
        }

        var ports = new List<ushort>();
        foreach (var port in Listed(parts, 2))
        {
            if (!ushort.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            ports.Add(number);
        }

        var remotes = new List<IpKey>();
        foreach (var remote in Listed(parts, 3))
        {
            if (!IpKey.TryParse(remote, out var address))
            {
                return false;
            }

            remotes.Add(address);
        }

        predicate = new FlowPredicate
        {
            Direction = direction.Value,
            Protocol = protocol,
            RemotePorts = [.. ports],
            Remotes = [.. remotes]
        };
        return true;
    }

    private static string[] Listed(string[] parts, int at) =>
        parts.Length > at && parts[at] is not ("" or "any") ? parts[at].Split(',') : [];
}
