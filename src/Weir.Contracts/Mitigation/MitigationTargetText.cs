// SPDX-License-Identifier: Apache-2.0
//
// The one line a target is written as:
//   flowspec REMOTE PROTOCOL PORTS ACTION [line=PREFIX|erased|hidden] [lport=PORT]     REMOTE, PORTS may be *
//   blackhole REMOTE · name DOMAIN ACTION · answer REMOTE ACTION
using System.Globalization;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Mitigation;

internal static class MitigationTargetText
{
    private const string Any = "*";
    private const string LineMark = "line=";
    private const string LinePortMark = "lport=";
    private const string Erased = "erased";

    /// <summary>The same where people read it: the line has an address, and nobody sees it.</summary>
    private const string Hidden = "hidden";

    /// <summary>As people read and sign it: never a subscriber's address.</summary>
    public static string Show(MitigationTarget target) => !target.IsForOneLine ? Write(target)
        : Write(target.WithoutLine()).Replace($"{LineMark}{Erased}", $"{LineMark}{Hidden}", StringComparison.Ordinal);

    public static string Write(MitigationTarget target) => target.Kind switch
    {
        MitigationKind.FlowSpec => string.Create(
            CultureInfo.InvariantCulture,
            $"flowspec {target.Remote?.ToString() ?? Any} {Protocols.ToName(target.Protocol)} {PortsOf(target)} "
                + $"{ActionOf(target)}{LineOf(target)}"),
        MitigationKind.Blackhole => $"blackhole {target.Remote}",
        MitigationKind.Name => $"name {target.Domain} {ActionOf(target)}",
        _ => $"answer {target.Remote} {ActionOf(target)}",
    };

    public static bool TryParse(string text, out MitigationTarget? target, out string fault)
    {
        target = null;
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            target = words switch
            {
                ["flowspec", var remote, var protocol, var ports, var action, .. var rest] =>
                    FlowSpec(remote, protocol, ports, action, rest),
                ["blackhole", var remote] => MitigationTarget.Blackhole(PrefixOf(remote)),
                ["name", var domain, var action] => MitigationTarget.Name(domain, DnsAction(action)),
                ["answer", var remote, var action] => MitigationTarget.Answer(PrefixOf(remote), DnsAction(action)),
                _ => throw new FormatException(
                    "it begins with flowspec, blackhole, name or answer, and its parts follow"),
            };
            fault = "";
            return true;
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            fault = $"'{text}' is no target of a block: {wrong.Message}";
            return false;
        }
    }

    /// <summary>The action as it stands in the line.</summary>
    public static string ActionOf(MitigationTarget target) => target.Action switch
    {
        MitigationAction.Discard => "discard",
        MitigationAction.Rate => string.Create(CultureInfo.InvariantCulture, $"rate={target.Rate}"),
        MitigationAction.Redirect => $"redirect={target.RedirectTo}",
        MitigationAction.Nxdomain => "nxdomain",
        MitigationAction.Garden => "garden",
        _ => "pass",
    };

    private static string PortsOf(MitigationTarget target) =>
        target.Ports.IsEmpty ? Any : string.Join(',', target.Ports);

    private static string LineOf(MitigationTarget target) => !target.IsForOneLine ? "" : string.Create(
        CultureInfo.InvariantCulture,
        $" {LineMark}{target.Line?.ToString() ?? Erased}{(target.LinePort == 0 ? "" : $" {LinePortMark}{target.LinePort}")}");

    private static MitigationTarget FlowSpec(string remote, string protocol, string ports, string action, string[] rest)
    {
        if (!Protocols.TryParse(protocol, out var number))
        {
            throw new FormatException($"'{protocol}' is no protocol");
        }

        var line = rest.FirstOrDefault(w => w.StartsWith(LineMark, StringComparison.Ordinal))?[LineMark.Length..];
        var linePort = rest.FirstOrDefault(w => w.StartsWith(LinePortMark, StringComparison.Ordinal))
            ?[LinePortMark.Length..];
        if (rest.Length != (line is null ? 0 : 1) + (linePort is null ? 0 : 1))
        {
            throw new FormatException($"'{string.Join(' ', rest)}' says neither {LineMark} nor {LinePortMark}");
        }

        var target = MitigationTarget.FlowSpecOf(
            remote == Any ? null : PrefixOf(remote),
            number,
            ports == Any ? [] : [.. ports.Split(',').Select(PortOf)],
            line is null or Erased or Hidden ? null : PrefixOf(line),
            line is not null,
            linePort is null ? (ushort)0 : PortOf(linePort));
        return action.Split('=', 2) switch
        {
            ["discard"] => MitigationTarget.Checked(target),
            ["rate", var rate] => target.Limited(RateOf(rate)),
            ["redirect", var to] => target.Redirected(RouteTargetOf(to)),
            _ => throw new FormatException($"'{action}' is none of discard, rate=OCTETS, redirect=ASN:NUMBER"),
        };
    }

    private static uint RateOf(string text) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rate)
            ? rate
            : throw new FormatException($"'{text}' is no rate in octets a second");

    private static RouteTarget RouteTargetOf(string text) =>
        text.Split(':') is [var asn, var number]
        && uint.TryParse(asn, NumberStyles.None, CultureInfo.InvariantCulture, out var left)
        && uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var right)
            ? new(left, right)
            : throw new FormatException($"'{text}' is no route target ASN:NUMBER");

    private static Prefix PrefixOf(string text) =>
        Prefix.TryParse(text, out var prefix, strict: true)
            ? prefix
            : throw new FormatException($"'{text}' is no network; its host bits are zero");

    private static ushort PortOf(string text) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0
            ? port
            : throw new FormatException($"'{text}' is no port");

    private static MitigationAction DnsAction(string word) => word switch
    {
        "nxdomain" => MitigationAction.Nxdomain,
        "garden" => MitigationAction.Garden,
        "pass" => MitigationAction.Pass,
        _ => throw new FormatException($"'{word}' is none of nxdomain, garden, pass"),
    };
}
