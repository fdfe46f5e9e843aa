// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Flows;

namespace Weir.Desk.Lists.Feeds.Stix;

/// <summary>What joined comparisons of one observation say about endpoints.</summary>
internal static class StixInterpretation
{
    public static StixPatternResult Interpret(List<List<StixComparison>> alternatives)
    {
        var reading = new StixPatternResult();
        foreach (var joined in alternatives)
        {
            InterpretConjunction(joined, reading);
        }

        return reading;
    }

    private static void InterpretConjunction(List<StixComparison> joined, StixPatternResult reading)
    {
        if (joined.TrueForAll(comparison => RoleOf(comparison.Path) == PathRole.Other))
        {
            reading.Others.UnionWith(
                joined.Select(comparison => comparison.Path[..comparison.Path.IndexOf(':', StringComparison.Ordinal)]));
            return;
        }

        var ends = new EndpointDraft();
        foreach (var comparison in joined)
        {
            if (ends.Add(comparison) is { } reason)
            {
                reading.Faults.Add(string.Create(
                    CultureInfo.InvariantCulture, $"at {comparison.At}: {ColumnMap.Short(comparison.Path)} {reason}"));
                return;
            }
        }

        ends.Close(reading);
    }

    internal static PathRole RoleOf(string path) => path switch
    {
        "ipv4-addr:value" or "ipv6-addr:value" => PathRole.Address,
        "domain-name:value" => PathRole.Name,
        "domain-name:resolves_to_refs[*].value" => PathRole.Resolved,
        "network-traffic:dst_ref.value" => PathRole.Destination,
        "network-traffic:src_ref.value" => PathRole.Source,
        "network-traffic:dst_ref.type" or "network-traffic:src_ref.type" => PathRole.Type,
        "network-traffic:dst_port" => PathRole.DestinationPort,
        "network-traffic:src_port" => PathRole.SourcePort,
        _ when path.StartsWith("network-traffic:protocols[", StringComparison.Ordinal) => PathRole.Protocol,
        _ => PathRole.Other,
    };

    internal enum PathRole : byte
    {
        Other,
        Address,
        Name,
        Resolved,
        Destination,
        Source,
        Type,
        DestinationPort,
        SourcePort,
        Protocol,
    }

    /// <summary>Gathers one alternative. Each property may be named once.</summary>
    private sealed class EndpointDraft
    {
        private readonly Dictionary<PathRole, List<string>> _values = [];

        /// <summary>Null, or why the comparison cannot be taken.</summary>
        public string? Add(in StixComparison comparison)
        {
            var role = RoleOf(comparison.Path);
            if (role == PathRole.Other)
            {
                return "restricts in a way that flows do not show";
            }

            var network = role is PathRole.Address or PathRole.Destination or PathRole.Source or PathRole.Resolved;
            if (comparison.Negated
                || !(comparison.Operator is "=" or "IN" || (network && comparison.Operator == "ISSUBSET")))
            {
                return $"is compared by {(comparison.Negated ? "NOT " : "")}{comparison.Operator}, which names "
                    + "no endpoint";
            }

            if (role == PathRole.Type)
            {
                return null;
            }

            // Several protocols[*] comparisons describe layers of one conversation: the transport decides.
            if (role == PathRole.Protocol && _values.TryGetValue(role, out var layers))
            {
                layers.AddRange(comparison.Values);
                return null;
            }

            return _values.TryAdd(role, comparison.Values) ? null : "is asked to have two values at once";
        }

        public void Close(StixPatternResult reading)
        {
            var terms = new List<StixTerm>();
            if (Build(terms) is { } fault)
            {
                reading.Faults.Add(fault);
            }
            else
            {
                reading.Terms.AddRange(terms);
            }
        }

        private string? Build(List<StixTerm> terms)
        {
            if (_values.ContainsKey(PathRole.Source) && _values.ContainsKey(PathRole.Destination))
            {
                return "names both ends of a conversation; a list names one";
            }

            var source = _values.ContainsKey(PathRole.Source);
            var hosts = new List<string>();
            foreach (var role in (PathRole[])[
                PathRole.Address, PathRole.Name, PathRole.Resolved, PathRole.Destination, PathRole.Source])
            {
                hosts.AddRange(_values.GetValueOrDefault(role, []));
            }

            if (hosts.Count == 0)
            {
                return "names ports or protocols without an address";
            }

            if (_values.ContainsKey(source ? PathRole.DestinationPort : PathRole.SourcePort))
            {
                return "restricts the port of the other end, which a list does not hold";
            }

            return Ports(source, out var ports) ?? Transport(out var protocols)
                ?? Combine(hosts, ports, protocols, source, terms);
        }

        private string? Ports(bool source, out List<ushort> ports)
        {
            ports = [];
            foreach (var text in _values.GetValueOrDefault(source ? PathRole.SourcePort : PathRole.DestinationPort, []))
            {
                if (!IndicatorText.TryPort(text, out var port))
                {
                    return $"'{ColumnMap.Short(text)}' is not a port from 1 to 65535";
                }

                ports.Add(port);
            }

            if (ports.Count == 0)
            {
                ports.Add(0);
            }

            return null;
        }

        private string? Transport(out List<byte> protocols)
        {
            protocols = [];
            foreach (var text in _values.GetValueOrDefault(PathRole.Protocol, []))
            {
                switch (text.ToLowerInvariant())
                {
                    case "ipv4" or "ipv6" or "ip" or "dns":
                        break;
                    case "http" or "https" or "tls" or "ssl" or "smtp" or "ssh" or "ftp" or "irc":
                        protocols.Add(Protocols.Tcp);
                        break;
                    case var name when Protocols.TryParse(name, out var number) && number != 0:
                        protocols.Add(number);
                        break;
                    default:
                        return $"'{ColumnMap.Short(text)}' is not a protocol that flows show";
                }
            }

            protocols = protocols.Count == 0 ? [0] : [.. protocols.Distinct()];
            return null;
        }

        private static string? Combine(
            List<string> hosts, List<ushort> ports, List<byte> protocols, bool source, List<StixTerm> terms)
        {
            foreach (var text in hosts)
            {
                var indicator = IndicatorText.Parse(text);
                if (indicator.Kind == IndicatorKind.Domain)
                {
                    terms.Add(new(indicator, source));
                    continue;
                }

                if (indicator.Kind != IndicatorKind.Network || indicator.Port != 0 || indicator.Protocol != 0)
                {
                    return $"'{ColumnMap.Short(text)}' is "
                        + $"{(indicator.Reason.Length > 0 ? indicator.Reason : "not an address or a name")}";
                }

                foreach (var port in ports)
                {
                    foreach (var protocol in protocols)
                    {
                        terms.Add(new(indicator with { Port = port, Protocol = protocol }, source));
                    }
                }
            }

            return null;
        }
    }
}
