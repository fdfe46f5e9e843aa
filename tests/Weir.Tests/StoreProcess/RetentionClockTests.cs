// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers.Calling;
using Weir.Store.Engine;
using Weir.Store.Retention;
using Weir.Tests.Support;

namespace Weir.Tests.StoreProcess;

/// <summary>A store of seven days whose machine's clock is eight days ahead, while it runs and over a restart.</summary>
public class RetentionClockTests
{
    [Fact]
    public async Task A_week_of_flows_is_not_erased_by_a_clock_without_a_witness_and_is_by_one_with_exporters()
    {
        await using var house = await StoreHouse.OpenAsync(options => options with
        {
            Settings = StoreHouse.Configured(options) with
            {
                Store = StoreHouse.Configured(options).Store with { RetentionDays = 7 },
            },
        });
        await FillAsync(house);

        house.Time.Step = TimeSpan.FromDays(8);
        Assert.Equal(2UL, await LeftAsync(house));
        Assert.Contains("set the clock", Health(house).Reason, StringComparison.Ordinal);
        await house.StartAgainAsync();
        Assert.Equal(2UL, await LeftAsync(house));
        Assert.Contains("nothing is erased that is not due", Health(house).Reason, StringComparison.Ordinal);

        house.Time.Step = TimeSpan.FromDays(-8);
        await house.StartAgainAsync();
        Assert.Equal(2UL, await LeftAsync(house));
        Assert.Contains("erased late", Health(house).Reason, StringComparison.Ordinal);

        house.Time.Step = TimeSpan.FromDays(8);
        await HearAsync(house, house.Time.GetUtcNow().AddMinutes(-10));
        Assert.Equal("", Health(house).Reason);
        Assert.Equal(0UL, await LeftAsync(house));
        Assert.Contains(await house.ChainAsync(), entry => entry.Act == AuditActions.Drop);
    }

    [Fact]
    public async Task A_time_that_no_exporter_has_is_refused()
    {
        await using var house = await StoreHouse.OpenAsync();
        var refused = await Assert.ThrowsAsync<PeerRefusedException>(
            () => HearAsync(house, DateTimeOffset.UnixEpoch));
        Assert.Contains("before 2107", refused.Message, StringComparison.Ordinal);
    }

    private static async Task FillAsync(StoreHouse house)
    {
        await Until.IsSoAsync(() => house.Get<RetentionRounds>().Rounds > 0, "the round of the start is over");
        var now = house.Time.GetUtcNow();
        foreach (var age in (int[])[1, 6])
        {
            var hour = now.AddDays(-age).ToUnixTimeSeconds() / 3600 * 3600;
            await house.Store.Client.ExecuteAsync(
                "INSERT INTO coverage (minute, exporter, domain, datagrams, flows, lost, sampling, segment) VALUES "
                + FormattableString.Invariant(
                    $"({hour}, unhex('00000000000000000000000000000002'), 0, 1, 1, 0, 1, {age})"),
                default);
            await house.Store.Client.ExecuteAsync(
                "INSERT INTO pairs (hour, segment) VALUES " + FormattableString.Invariant($"({hour}, {age})"), default);
        }
    }

    private static async Task<ulong> LeftAsync(StoreHouse house)
    {
        await house.Get<RetentionRounds>().CleanAsync(default);
        return await house.Store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default);
    }

    private static Task<Done> HearAsync(StoreHouse house, DateTimeOffset at) => house.Edge.PostAsync(
        StoreRoutes.HeardTime, new HeardTime(at.ToUnixTimeMilliseconds()), StoreJson.Default.HeardTime,
        StoreJson.Default.Done, TimeSpan.FromSeconds(10), default);

    private static ComponentHealth Health(StoreHouse house) =>
        house.Get<HealthRegistry>().Read().Parts.Single(part => part.Part == "clock").Health;
}
