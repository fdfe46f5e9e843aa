// SPDX-License-Identifier: Apache-2.0
//
// What is kept no longer than it may be (rules.md R8, R10): partitions of the store and keys of past epochs.
using Weir.Store.Flows;
using Weir.Vault.Keys;

namespace Weir.Cli.Serving;

/// <summary>Retention, at the start and hourly. <paramref name="keys"/> is null where a vault erases its own, and in the lab profile.</summary>
internal sealed class Housekeeping(FlowStore store, EpochKeys? keys, int days, TimeProvider time, ILogger<Housekeeping> log)
{
    public static TimeSpan Period { get; } = TimeSpan.FromHours(1);

    public async Task CleanAsync(CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        if (keys?.Erase().Count is > 0 and var erased)
        {
            log.KeysErased(erased);
        }

        _ = await store.DropBeforeAsync(today.AddDays(-days), cancel);
    }
}
