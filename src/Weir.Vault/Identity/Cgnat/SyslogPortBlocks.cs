// SPDX-License-Identifier: Apache-2.0
//
// Port blocks out of syslog lines, of a file or of the network. The time is the pattern's own, else the line's: RFC
// 5424 has a year and a zone; RFC 3164 has neither, so the year is the nearest and the zone is taken as UTC.
//
// Standards: RFC 5424 §6.2.3, RFC 3164 §4.1.2.
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Wire;

namespace Weir.Vault.Identity.Cgnat;

/// <summary>Takes syslog lines.</summary>
internal sealed partial class SyslogPortBlocks(
    PortBlockTracker book, RecordCounters counters, SubscriberLineNamer naming,
    IReadOnlyList<SyslogPattern> patterns, bool live)
    : ITextLineHandler
{
    public bool SpansLines => false;

    public bool HasHeader => false;

    public void Begin()
    {
    }

    public void HandleLine(string line, long nowMs, long sinceMs)
    {
        if (line.Length == 0)
        {
            return;
        }

        counters.Received++;
        foreach (var pattern in patterns)
        {
            if (pattern.Expression.Match(line) is { Success: true } match)
            {
                if (TryRead(match, line, nowMs, out var told))
                {
                    book.Handle(told, nowMs, live);
                }
                else
                {
                    counters.Malformed++;
                }

                return;
            }
        }

        counters.Ignored++;
    }

    private bool TryRead(Match match, string line, long nowMs, out PortBlockEvent told)
    {
        told = default;
        var named = match.Groups["line"].Value;
        SubscriberLineName? subscriber = named.Length > 0 ? naming.Plain("customer", named) : null;
        if (!IpKey.TryParse(match.Groups["outside"].Value, out var outside)
            || (!IpKey.TryParse(match.Groups["inside"].Value, out var inside) && subscriber is null)
            || !ushort.TryParse(
                match.Groups["first"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var first))
        {
            return false;
        }

        if (!ushort.TryParse(match.Groups["last"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var last))
        {
            if (!int.TryParse(match.Groups["size"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                || size < 1 || first + size - 1 > ushort.MaxValue)
            {
                return false;
            }

            last = (ushort)(first + size - 1);
        }

        if (last < first || !TryTime(match, line, nowMs, out var at))
        {
            return false;
        }

        told = new PortBlockEvent(
            outside, first, last, inside, subscriber, match.Groups["release"].Success, at - (at % 1_000), 1_000);
        return true;
    }

    private static bool TryTime(Match match, string line, long nowMs, out long at)
    {
        if (match.Groups["time"] is { Success: true } written)
        {
            return TimestampText.TryParse(written.Value, out at);
        }

        var header = Header().Match(line);
        at = 0;
        return header.Success && (header.Groups["iso"].Success
            ? TimestampText.TryParse(header.Groups["iso"].Value, out at)
            : TimestampText.TryParseYearless(header.Groups["old"].Value, nowMs, out at));
    }

    [GeneratedRegex(@"^(<\d{1,3}>)?(\d )?((?<iso>\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?)|(?<old>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d))",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Header();
}
