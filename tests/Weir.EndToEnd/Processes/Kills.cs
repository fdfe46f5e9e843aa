// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.EndToEnd.Processes;

/// <summary>How often a proof kills, and whom: three times, or what WEIR_KILLS says; store, desk and vault in turn, or
/// whom WEIR_KILLED names.</summary>
internal static class Kills
{
    /// <summary>A process is killed, started and ready again within so many seconds, for the most part.</summary>
    private const int SecondsEach = 6;

    private static readonly int? Said =
        int.TryParse(Environment.GetEnvironmentVariable("WEIR_KILLS"), CultureInfo.InvariantCulture, out var count)
            ? Math.Clamp(count, 1, 1_000)
            : null;

    public static int Count => Said ?? 3;

    /// <summary>How long at least who is killed in the middle stays away: as long as WEIR_ABSENCE says, in seconds.</summary>
    public static TimeSpan Absence { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("WEIR_ABSENCE"), CultureInfo.InvariantCulture, out var seconds)
            ? TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 86_400))
            : TimeSpan.Zero;

    /// <summary>Of the collector, each with traffic of its own.</summary>
    public static int CollectorCount => Said ?? 1;

    public static string[] Of { get; } =
        Environment.GetEnvironmentVariable("WEIR_KILLED") is { Length: > 0 } named
            ? named.Split(',') : ["store", "desk", "vault"];

    /// <summary>Datagrams a second, so that the traffic lasts as long as the kills.</summary>
    public static string PaceOf(long datagrams) => PaceOf(datagrams, Count);

    /// <summary>Likewise, for so many kills.</summary>
    public static string PaceOf(long datagrams, int kills) =>
        Math.Clamp(datagrams / (kills * SecondsEach), 20, 3_000).ToString(CultureInfo.InvariantCulture);
}
