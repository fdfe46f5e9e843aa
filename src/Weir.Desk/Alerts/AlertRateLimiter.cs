// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Alerts;

/// <summary>Counts alerts of a kind in a window that begins with the first of them. One caller at a time.</summary>
/// <param name="most">So many pass.</param>
/// <param name="window">Its length.</param>
public sealed class AlertRateLimiter(int most, TimeSpan window)
{
    private readonly Dictionary<string, (DateTimeOffset Since, int Count)> _kinds = new(StringComparer.Ordinal);

    /// <summary>Whether one more may go out by itself.</summary>
    public bool MayPass(string kind, DateTimeOffset now) => Next(kind, now).Count <= most;

    /// <summary>One more came.</summary>
    public void Count(string kind, DateTimeOffset now) => _kinds[kind] = Next(kind, now);

    private (DateTimeOffset Since, int Count) Next(string kind, DateTimeOffset now) =>
        _kinds.TryGetValue(kind, out var known) && now >= known.Since && now - known.Since < window
            ? (known.Since, known.Count + 1)
            : (now, 1);
}
