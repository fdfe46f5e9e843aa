// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;
using Weir.Store.Engine;
using Weir.Store.Retention;
using Weir.Tests.Support;

namespace Weir.Tests.StoreProcess;

public class RetentionRoundsTests
{
    [Fact]
    public async Task What_is_over_its_time_goes_after_its_entry_and_the_rest_stays()
    {
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Settings = StoreHouse.Configured(options) with
            {
                Store = StoreHouse.Configured(options).Store with { RetentionDays = 7 },
            },
            Retention = new() { EvidenceDays = 93 },
        });
        var store = house.Get<EngineHost>().Store;
        var rounds = house.Get<RetentionRounds>();
        await Until.IsSoAsync(() => rounds.Rounds > 0, "the round of the start is over");
        var now = house.Get<TimeProvider>().GetUtcNow();
        foreach (var age in (int[])[1, 101, 300])
        {
            var at = now.AddDays(-age).ToUnixTimeMilliseconds();
            await store.Client.ExecuteAsync(
                "INSERT INTO evidence (scope, start, end, remote, port, protocol, packets_out, packets_in, "
                + "octets_out, octets_in, flags_out, flags_in, sampling, segment) VALUES "
                + FormattableString.Invariant(
                    $"({age}, {at}, {at}, unhex('00000000000000000000000000000002'), 443, 6, 1, 1, 1, 1, 0, 0, 1, 1)"),
                default);
        }

        await rounds.CleanAsync(default);

        Assert.Equal(1UL, await store.Client.ScalarAsync<ulong>("SELECT count() FROM evidence", default));
        var entry = Assert.Single(await house.ChainAsync(), entry => entry.Act == AuditActions.Drop);
        Assert.Equal(2, entry.Rows);
        Assert.StartsWith("evidence before", entry.Reason, StringComparison.Ordinal);
    }
}
