// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Contracts.Approvals;

/// <summary>The line of a canonical text that says what else was asked: the number at the desk and, for what goes on
/// holding, for how long at most.</summary>
public static class ApprovalParameters
{
    private const string Lasting = ", ends within ";
    private const string Seconds = " s of being given";

    /// <summary>Longest that anything two people give may hold.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    /// <param name="leave">Number of the leave at the desk.</param>
    /// <param name="lasts">For how long; zero where it is done at once.</param>
    public static string Write(string leave, TimeSpan lasts) => lasts <= TimeSpan.Zero ? leave : string.Create(
        CultureInfo.InvariantCulture, $"{leave}{Lasting}{(long)lasts.TotalSeconds}{Seconds}");

    /// <summary>For how long what was signed holds at most; null where the text says no end.</summary>
    public static TimeSpan? LastsOf(string parameters)
    {
        var at = parameters.LastIndexOf(Lasting, StringComparison.Ordinal);
        return at >= 0 && parameters.EndsWith(Seconds, StringComparison.Ordinal)
            && long.TryParse(
                parameters.AsSpan(at + Lasting.Length, parameters.Length - at - Lasting.Length - Seconds.Length),
                NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= (long)Longest.TotalSeconds
                ? TimeSpan.FromSeconds(seconds)
                : null;
    }
}
