// SPDX-License-Identifier: Apache-2.0
//
// What was really done, in one fixed English form each, so that who tells the customer can say it in the customer's
// language. Any other line is told as it is written.
using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Contracts.Notices;

/// <summary>A line of <see cref="NoticeFacts.Done"/>.</summary>
/// <param name="Kind"><c>closed</c>, <c>leaky</c>, <c>strict</c> or <c>released</c>.</param>
/// <param name="What">The endpoint of <c>closed</c>; empty for the others.</param>
/// <param name="Time">When it ends (<c>closed</c>) or began (the others).</param>
public sealed partial record ActionTaken(string Kind, string What, DateTimeOffset Time)
{
    private const string Format = "yyyy-MM-dd HH:mm";

    /// <summary>One endpoint cannot be reached from the line until a time.</summary>
    public static string Closed(string endpoint, DateTimeOffset until) =>
        Write($"{endpoint} cannot be reached from the line until ", until);

    /// <summary>The line is in the leaky garden.</summary>
    public static string Leaky(DateTimeOffset since) => Write("the line is partly restricted since ", since);

    /// <summary>The line is in the strict garden.</summary>
    public static string Strict(DateTimeOffset since) =>
        Write("the line is restricted to help and emergency services since ", since);

    /// <summary>A restriction ended.</summary>
    public static string Released(DateTimeOffset at) => Write("the restriction of the line ended at ", at);

    /// <summary>Reads one of the fixed forms.</summary>
    public static bool TryParse(string text, out ActionTaken line)
    {
        var found = Form().Match(text);
        line = new("", "", default);
        if (!found.Success || !DateTimeOffset.TryParseExact(
            found.Groups["time"].Value, Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
            out var time))
        {
            return false;
        }

        var kind = found.Groups["closed"].Success ? "closed"
            : found.Groups["leaky"].Success ? "leaky"
            : found.Groups["strict"].Success ? "strict"
            : "released";
        line = new(kind, found.Groups["what"].Value, time);
        return true;
    }

    private static string Write(string words, DateTimeOffset time) =>
        words + time.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture) + " UTC";

    [GeneratedRegex(
        @"^(?:(?<what>\S{1,100})(?<closed> cannot be reached from the line until )|(?<leaky>the line is partly restricted since )|(?<strict>the line is restricted to help and emergency services since )|(?<released>the restriction of the line ended at ))(?<time>\d{4}-\d\d-\d\d \d\d:\d\d) UTC$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Form();
}
