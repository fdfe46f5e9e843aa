// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Contracts.Approvals;

/// <summary>The line of a canonical text that says what else was asked: the number at the desk and, for what goes on
/// holding, for how long at most.</summary>
public static class ApprovalParameters
{
    private const string Lasting = ", ends within ";
    private const string Given = " of being given";

    /// <summary>As people count; the largest that leaves nothing over is written.</summary>
    private static readonly (string Unit, long Seconds)[] Units = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)];

    /// <summary>Longest that anything two people give may hold.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <param name="leave">Number of the leave at the desk.</param>
    /// <param name="lasts">For how long; zero where it is done at once.</param>
    public static string Write(string leave, TimeSpan lasts)
    {
        if (lasts <= TimeSpan.Zero)
        {
            return leave;
        }

        var seconds = (long)lasts.TotalSeconds;
        var (unit, worth) = Array.Find(Units, one => seconds % one.Seconds == 0);
        return string.Create(CultureInfo.InvariantCulture, $"{leave}{Lasting}{seconds / worth} {unit}{Given}");
    }

    /// <summary>For how long what was signed holds at most; null where the text says no end.</summary>
    public static TimeSpan? LastsOf(string parameters)
    {
        var at = parameters.LastIndexOf(Lasting, StringComparison.Ordinal);
        if (at < 0 || !parameters.EndsWith(Given, StringComparison.Ordinal))
        {
            return null;
        }

        var words = parameters[(at + Lasting.Length)..^Given.Length].Split(' ');
        var worth = words.Length == 2 ? Array.Find(Units, one => one.Unit == words[1]).Seconds : 0;
        return worth > 0 && long.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && count <= (long)Longest.TotalSeconds / worth
                ? TimeSpan.FromSeconds(count * worth)
                : null;
    }
}
