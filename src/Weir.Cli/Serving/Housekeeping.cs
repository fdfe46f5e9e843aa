// SPDX-License-Identifier: Apache-2.0
//
// What is kept no longer than it may be (rules.md R8, R10): partitions of the store, evidence at its ceiling and keys
// of past epochs. Evidence goes with its case long before; here goes what a case that never closed would keep.
using System.Globalization;
using Weir.Cli.Retaining;
using Weir.Contracts.Policy;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Store.ClickHouse;
using Weir.Store.Evidence;
using Weir.Vault.Keys;

namespace Weir.Cli.Serving;

/// <summary>Retention, at the start and hourly. <paramref name="keys"/> is null where a vault erases its own, and in
/// the lab profile.</summary>
internal sealed class Housekeeping(
    FlowStore store, EvidenceStore evidence, EpochKeys? keys, int days, PolicyProfile policy, IAuditLog audit,
    TimeProvider time, ILogger<Housekeeping> log)
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
        await DropEvidenceAsync(today.AddDays(-EvidenceCeiling.DaysOf(policy)), cancel);
    }

    /// <summary>The record first, then the act.</summary>
    private async Task DropEvidenceAsync(DateOnly day, CancellationToken cancel)
    {
        var due = (await evidence.HoldingsAsync(cancel)).Where(holding => holding.Until <= day).ToList();
        if (due.Count == 0)
        {
            return;
        }

        await audit.AppendAsync(
            new AuditEntry
            {
                Actor = Actor.Weir.Name,
                Role = Actor.Weir.RoleWord,
                Act = AuditActions.Drop,
                Outcome = AuditActions.Allow,
                Rows = due.Sum(holding => (long)holding.Rows),
                Reason = string.Create(
                    CultureInfo.InvariantCulture,
                    $"evidence before {day:yyyy-MM-dd}, the ceiling of {EvidenceCeiling.DaysOf(policy)} days"),
            },
            cancel);
        _ = await evidence.DropBeforeAsync(day, [], cancel);
    }
}
