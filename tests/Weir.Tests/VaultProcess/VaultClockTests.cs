// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Hosting.Auditing;
using Weir.Hosting.Health;
using Weir.Hosting.Peers;
using Weir.Tests.Support;
using Weir.Tests.Vault.Support;
using Weir.Vault.Keys;

namespace Weir.Tests.VaultProcess;

/// <summary>A vault whose machine's clock is set: no key goes early, and none comes back.</summary>
public sealed class VaultClockTests
{
    private const uint Epoch = SmallVault.Now;

    [Fact]
    public async Task Eight_days_ahead_erase_no_key_until_the_clock_has_a_witness_and_an_erased_key_never_comes_again()
    {
        await using var house = await VaultHouse.OpenAsync(since: TimeSpan.FromDays(10));
        var key = house.Get<EpochKeys>().GetKey(Epoch);
        await ToldAsync(house, "");

        house.Clock.Step = TimeSpan.FromDays(8);
        await ToldAsync(house, "set the clock");
        Assert.Equal(key, house.Get<EpochKeys>().GetKey(Epoch));
        await house.StartAgainAsync();
        await ToldAsync(house, "set the clock");
        Assert.Equal(key, house.Get<EpochKeys>().GetKey(Epoch));
        house.Clock.Step = TimeSpan.Zero;
        await house.StartAgainAsync();
        Assert.Equal(key, house.Get<EpochKeys>().GetKey(Epoch));

        // Exporters say the same as the clock: the key is due.
        house.Clock.Step = TimeSpan.FromDays(8);
        await house.As(PeerRoles.Collector).PostAsync(
            VaultRoutes.HeardTime, new HeardTime(house.Clock.GetUtcNow().ToUnixTimeMilliseconds()),
            VaultJson.Default.HeardTime, VaultJson.Default.Done);
        await Until.IsSoAsync(
            () =>
            {
                house.Clock.Advance(TimeSpan.FromMinutes(1));
                return !house.Get<EpochKeys>().Kept().Contains(Epoch);
            },
            "the key is erased");

        // Back in the epoch's own week, it is not made again, and the vault starts all the same.
        house.Clock.Step = TimeSpan.FromDays(-6);
        await house.StartAgainAsync();
        Assert.Contains(
            "was erased", Assert.Throws<EpochKeyException>(() => house.Get<EpochKeys>().GetKey(Epoch)).Message,
            StringComparison.Ordinal);
        Assert.Throws<EpochKeyException>(() => house.Get<EpochKeys>().CohortOf(Epoch));
        Assert.DoesNotContain(Epoch, house.Get<EpochKeys>().Kept());
        await ToldAsync(house, "no key that was erased is made again");
        Assert.Single(await house.ChainAsync(), entry => entry.Act == AuditActions.KeyErased);
    }

    private static Task ToldAsync(VaultHouse house, string text) => Until.IsSoAsync(
        () => house.Get<HealthRegistry>().Read().Parts.Single(part => part.Part == "clock").Health.Reason is var reason
            && (text.Length == 0 ? reason.Length == 0 : reason.Contains(text, StringComparison.Ordinal)),
        text.Length == 0 ? "the clock is believed" : text);
}
