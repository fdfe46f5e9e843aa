// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;

namespace Weir.Vault.Customers;

/// <summary>How often one case's page may be asked for: so many at once, then one each period. By case, since no
/// address of a visitor is kept.</summary>
/// <param name="atOnce">Asked for without a wait.</param>
/// <param name="period">After which one more may be.</param>
/// <param name="time">A clock that does not jump.</param>
internal sealed class CaseRateLimiter(int atOnce, TimeSpan period, TimeProvider time)
{
    private const int ManyCases = 10_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<CaseId, (double Left, long At)> _left = [];

    public bool TryAcquire(CaseId id)
    {
        lock (_lock)
        {
            var now = time.GetTimestamp();
            if (_left.Count >= ManyCases)
            {
                foreach (var full in _left.Where(l => Refilled(l.Value, now) >= atOnce).Select(l => l.Key).ToList())
                {
                    _left.Remove(full);
                }
            }

            var left = _left.TryGetValue(id, out var known) ? Refilled(known, now) : atOnce;
            var may = left >= 1;
            _left[id] = (may ? left - 1 : left, now);
            return may;
        }
    }

    private double Refilled((double Left, long At) known, long now) =>
        Math.Min(atOnce, known.Left + (time.GetElapsedTime(known.At, now) / period));
}
