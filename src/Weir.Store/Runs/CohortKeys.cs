// SPDX-License-Identifier: Apache-2.0
//
// Keys of the control cohort's draw, in memory alone: fetched once an epoch has begun, so that a vault that is away
// does not hold up a comparison.
using Microsoft.Extensions.Hosting;
using Weir.Contracts.Networks;

namespace Weir.Store.Runs;

/// <summary>Holds the keys of this epoch and the one before. Safe for any thread.</summary>
internal sealed class CohortKeys(ComparisonOptions options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, ulong> _held = [];

    /// <summary>False where subjects stand in clear, and nothing is drawn by a key.</summary>
    public bool IsKeyed => options.Cohort is not null;

    /// <summary>The key of an epoch, from memory or from the vault; 0 where there are none.</summary>
    public async Task<ulong> GetAsync(uint epoch, CancellationToken cancel)
    {
        if (options.Cohort is not { } fetch)
        {
            return 0;
        }

        lock (_gate)
        {
            if (_held.TryGetValue(epoch, out var known))
            {
                return known;
            }
        }

        var key = await fetch(epoch, cancel);
        lock (_gate)
        {
            _held[epoch] = key;
        }

        return key;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        while (IsKeyed && await timer.WaitForNextTickAsync(stoppingToken))
        {
            var now = Epochs.At(time.GetUtcNow());
            try
            {
                _ = await GetAsync(now, stoppingToken);
                Forget(now - 1);
            }
            catch (Exception away) when (away is not OperationCanceledException)
            {
                // The client of the vault says that it is away; the next second tries again.
            }
        }
    }

    private void Forget(uint before)
    {
        lock (_gate)
        {
            foreach (var old in _held.Keys.Where(epoch => epoch < before).ToList())
            {
                _ = _held.Remove(old);
            }
        }
    }
}
