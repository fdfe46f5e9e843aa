// SPDX-License-Identifier: Apache-2.0
namespace Weir.Notifying;

/// <summary>Counts alerts of a kind in a window that begins with the first of them. One caller at a time.</summary>
/// <param name="most">So many pass.</param>
/// <param name="window">Its length.</param>
public sealed class StormGate(int most, TimeSpan window)
{
    private readonly Dictionary<string, (DateTimeOffset Since, int Count)> _kinds = new(StringComparer.Ordinal);

    /// <summary>Whether one more may go out by itself.</summary>
    public bool MayPass(string kind, DateTimeOffset now)
    {
        var (since, count) = _kinds.GetValueOrDefault(kind);
        (since, count) = count == 0 || now - since >= window || now < since ? (now, 1) : (since, count + 1);
        _kinds[kind] = (since, count);
        return count <= most;
    }
}
