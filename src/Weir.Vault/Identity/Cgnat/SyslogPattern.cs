// SPDX-License-Identifier: Apache-2.0
//
// Boxes log port blocks in words of their own. A pattern is a regular expression with named groups: outside, first,
// last or size, inside or line, time (else the line's own syslog time), and alloc or release, whichever of the two
// matched. It is matched without backtracking, so that no line can hold up the vault.
using System.Text.RegularExpressions;
using Weir.Vault.Identity.Records;

namespace Weir.Vault.Identity.Cgnat;

/// <summary>A named form of port-block lines.</summary>
public sealed class SyslogPattern
{
    private static readonly string[] Needed = ["outside", "first"];

    /// <exception cref="IdentityException">The expression is none, or lacks a group.</exception>
    public SyslogPattern(string name, string expression)
    {
        Name = name;
        try
        {
            Expression = new Regex(expression, RegexOptions.NonBacktracking
                | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw new IdentityException($"the pattern {name} is no regular expression that can be matched without "
                + $"backtracking: {fault.Message}", fault);
        }

        var groups = Expression.GetGroupNames();
        var missing = Needed.Where(n => !groups.Contains(n)).ToList();
        if (missing.Count > 0 || !(groups.Contains("last") || groups.Contains("size"))
            || !(groups.Contains("inside") || groups.Contains("line"))
            || !(groups.Contains("alloc") || groups.Contains("release")))
        {
            throw new IdentityException($"the pattern {name} needs groups outside, first, last or size, inside or "
                + "line, and alloc or release; write them as (?<outside>...)");
        }
    }

    public string Name { get; }

    internal Regex Expression { get; }

    /// <summary>Forms that are known without being configured.</summary>
    public static IReadOnlyList<SyslogPattern> BuiltIn { get; } =
    [
        // NAT-PBA-ALLOC: inside=100.64.0.7 outside=198.51.100.1 ports=1024-1535
        new("pba-keys", @"\bNAT[-_]?PBA[-_]((?<alloc>ALLOC)|(?<release>RELEASE|DEALLOC))\w*\b.*\b(inside|src|private|subscriber)[ =:]+(?<inside>[0-9A-Fa-f.:]+).*\b(outside|nat|public)[ =:]+(?<outside>[0-9.]+).*\b(ports?|block|range)[ =:]+\[?(?<first>[0-9]+)[- :]+(?<last>[0-9]+)"),

        // … PORT_BLOCK_ALLOC: 100.64.0.7 -> 198.51.100.1:1024-1535 (the positional form of several boxes)
        new("block-arrow", @"\bPORT_?BLOCK_?((?<alloc>ALLOC|ACTIVE)|(?<release>RELEASE|DEALLOC))\w*:?\s+(?<inside>[0-9A-Fa-f.:]+)\s*(->|,)\s*(?<outside>[0-9.]+)[: ](?<first>[0-9]+)[-: ](?<last>[0-9]+)"),

        // RT_NAT: RT_SRC_NAT_PBA_ALLOC: Subscriber 100.64.0.7 used/maximum [1/2] blocks, allocates port block
        // [1024-1535] from 198.51.100.1 in source pool … (Junos; INTERIM says that it is held still)
        new("pba-subscriber", @"RT_SRC_NAT_PBA_((?<alloc>ALLOC|INTERIM)|(?<release>RELEASE))\b.*\b[Ss]ubscriber (?<inside>[0-9A-Fa-f.:]+) .*\bport block \[(?<first>[0-9]+)-(?<last>[0-9]+)\] from (?<outside>[0-9.]+)"),

        // … [Userbased - Portblockassign] 100.64.0.7 … 198.51.100.1 … 1024 - 1535
        new("assign-words", @"((?<alloc>[Pp]ort\s?[Bb]lock\s?[Aa]ssign(ed)?)|(?<release>[Pp]ort\s?[Bb]lock\s?([Ww]ithdrawn?|[Ff]reed)))\b[^0-9]*(?<inside>[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)[^0-9]+(?<outside>[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+)[^0-9]+(?<first>[0-9]+)[^0-9]+(?<last>[0-9]+)"),
    ];
}
