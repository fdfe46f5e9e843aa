// SPDX-License-Identifier: Apache-2.0
//
// What of the flows is shown: terms NAME=VALUE with blanks between them, all of which must hold. A filter sees what is
// shown and nothing else, so that it cannot tell what is masked; an address of a subscriber is refused.
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Cli.Flows;

/// <summary>A parsed <c>--filter</c>.</summary>
internal sealed class FlowFilter
{
    private const string Names = "exporter, domain, source, destination, address, sourcePort, destinationPort, port, "
        + "protocol, interface, direction, dropped, sampling";

    private readonly List<Func<DecodedFlow, bool>> _terms = [];

    private FlowFilter()
    {
    }

    /// <summary>Parses a filter; null lets everything through.</summary>
    /// <exception cref="OperatorException">Names the term and the fix.</exception>
    public static FlowFilter Parse(string? text, FlowMask mask, bool showsCountedBefore = false)
    {
        var filter = new FlowFilter();
        if (!showsCountedBefore)
        {
            filter._terms.Add(static flow => !flow.CountedBefore);
        }

        foreach (var term in (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = term.IndexOf('=', StringComparison.Ordinal);
            filter._terms.Add(at <= 0
                ? throw new OperatorException(
                    $"--filter: '{term}' is no term; write NAME=VALUE, where NAME is one of {Names}")
                : filter.Term(term[..at], term[(at + 1)..], mask));
        }

        return filter;
    }

    public bool Lets(DecodedFlow flow) => _terms.TrueForAll(term => term(flow));

    private Func<DecodedFlow, bool> Term(string name, string value, FlowMask mask)
    {
        switch (name)
        {
            case "exporter":
                var exporters = Network(name, value);
                return f => f.Exporter is { } text && exporters.Contains(IpKey.Parse(text));
            case "source":
                var sources = Shown(name, value, mask);
                return f => Is(f.Source, sources);
            case "destination":
                var destinations = Shown(name, value, mask);
                return f => Is(f.Destination, destinations);
            case "address":
                var either = Shown(name, value, mask);
                return f => Is(f.Source, either) || Is(f.Destination, either);
            case "domain":
                return Number(name, value, static (f, n) => f.Domain == n);
            case "sourcePort":
                return Number(name, value, static (f, n) => f.SourcePort == n);
            case "destinationPort":
                return Number(name, value, static (f, n) => f.DestinationPort == n);
            case "port":
                return Number(name, value, static (f, n) => f.SourcePort == n || f.DestinationPort == n);
            case "interface":
                return Number(
                    name, value, static (f, n) => f.Record.InputInterface == n || f.Record.OutputInterface == n);
            case "sampling":
                return Number(name, value, static (f, n) => f.Sampling == n);
            case "protocol":
                var protocol = value.ToLowerInvariant() switch
                {
                    "tcp" => Protocols.Tcp,
                    "udp" => Protocols.Udp,
                    "icmp" => Protocols.Icmp,
                    _ => byte.TryParse(value, CultureInfo.InvariantCulture, out var number) ? number
                        : throw Bad(name, value),
                };
                return f => f.Record.Protocol == protocol;
            case "direction" when value is "ingress" or "egress":
                return f => f.Direction == value;
            case "dropped" when value is "true" or "false":
                return f => f.Record.Is(FlowTraits.Dropped) == (value == "true");
            case "direction" or "dropped":
                throw Bad(name, value);
            default:
                throw new OperatorException($"--filter: '{name}' is no column to filter by; there are {Names}");
        }
    }

    private static bool Is(string shown, Prefix asked) =>
        IpKey.TryParse(shown, out var address) && address.IsV4 == asked.IsV4 && asked.Contains(address);

    private static Func<DecodedFlow, bool> Number(string name, string value, Func<DecodedFlow, uint, bool> matches) =>
        uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? f => matches(f, number)
            : throw Bad(name, value);

    private static Prefix Network(string name, string value) =>
        Prefix.TryParse(value, out var prefix) ? prefix : throw Bad(name, value);

    private static Prefix Shown(string name, string value, FlowMask mask)
    {
        var prefix = Network(name, value);
        return !mask.Touches(prefix)
            ? prefix
            : throw new OperatorException(
                $"--filter: {name}={value} asks for a subscriber, which only --profile lab may; filter by the other end");
    }

    private static OperatorException Bad(string name, string value) =>
        new($"--filter: '{value}' cannot be a {name}; see weir flows --help");
}
