// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Clients;
using Weir.Contracts.Protocol;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Retention;
using Weir.Hosting.StoreClient;
using Weir.Hosting.VaultClient;
using Weir.Wire.Native;
using Held = System.Func<System.DateTimeOffset, System.Threading.CancellationToken, System.Threading.Tasks.Task<
    System.Collections.Generic.IReadOnlyList<Weir.Hosting.Retention.RetentionEntry>>>;

namespace Weir.Desk.Api.Instance;

/// <summary>Who says what is held: the desk itself, the store, and the vault where there is one. One that does not
/// answer has a row that says so.</summary>
internal static class InstanceHoldings
{
    public static IReadOnlyList<(string Process, Held Held)> Of(IServiceProvider provider)
    {
        var (store, policy) = (
            provider.GetRequiredService<StoreReports>(), provider.GetRequiredService<PolicyProfile>());
        List<(string, Held)> places =
        [
            ("desk", (now, cancel) => RetentionPage.ReadAsync(
                provider.GetServices<IRetentionSource>(), now, cancel)),
            ("store", async (now, cancel) => await GuardAsync(async () => StoreRows(
                await store.HoldingsAsync(cancel), now))),
        ];
        if (provider.GetRequiredService<DeskVault>().Cases is DeskVaultClient vault)
        {
            places.Add(("vault", async (now, cancel) => await GuardAsync(async () => VaultRows(
                await vault.HoldingsAsync(cancel), policy.IdentityDays, now))));
        }

        return places;
    }

    private static async Task<IReadOnlyList<RetentionEntry>> GuardAsync(
        Func<Task<IReadOnlyList<RetentionEntry>>> ask)
    {
        try
        {
            return await ask();
        }
        catch (Exception away) when (away is StoreException or VaultDownException or VaultRefusedException
            or PeerDownException or PeerRefusedException)
        {
            return [new("all", null, null, 0, 0, "", RetentionEntry.Unknown, away.Message)];
        }
    }

    private static IReadOnlyList<RetentionEntry> StoreRows(StoreHoldings held, DateTimeOffset now)
    {
        int DaysOf(string table) => table switch
        {
            "evidence" => held.EvidenceDays, "coverage" => held.CoverageDays, _ => held.PairDays,
        };
        return
        [
            .. held.Tables.GroupBy(part => part.Table).Select(table => RetentionEntry.Create(
                table.Key, (At(table.Min(part => part.From)), At(table.Max(part => part.Until))),
                (table.Sum(part => part.Rows), table.Sum(part => part.Octets)), Days(DaysOf(table.Key)),
                now - RetentionEntry.Grace - TimeSpan.FromDays(DaysOf(table.Key) + Slack(table.Key)), "the store's tables")),
        ];
    }

    /// <summary>Parts go whole: days when they are over, evidence by the week.</summary>
    private static int Slack(string table) => table == "evidence" ? 8 : 1;

    private static IReadOnlyList<RetentionEntry> VaultRows(VaultHoldings held, int days, DateTimeOffset now) =>
    [
        RetentionEntry.Create(
            "identity", (held.Oldest, held.Newest), (held.Rows, held.Octets), Days(days),
            now - RetentionEntry.Grace - TimeSpan.FromDays(days), "who had an address"),
    ];

    private static DateTimeOffset At(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    private static string Days(int days) => string.Create(CultureInfo.InvariantCulture, $"{days} d");
}
