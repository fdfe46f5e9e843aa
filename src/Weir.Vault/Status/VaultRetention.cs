// SPDX-License-Identifier: Apache-2.0
//
// What the vault holds: who had an address, epoch keys, seals of cases. Counts and ages of nobody in particular.
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Networks;
using Weir.Hosting.Auditing;
using Weir.Hosting.Retention;
using Weir.Vault.Keys;
using Weir.Vault.Sealing;

namespace Weir.Vault.Status;

/// <summary>Who had an address: the oldest is the lease that ended longest ago; one that goes on is as new as
/// now.</summary>
internal sealed class IdentityRetention(VaultStatusPage page, int days) : IRetentionSource
{
    public string Kind => "identity";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var held = page.Holdings();
        return Task.FromResult(RetentionEntry.Create(
            Kind, (held.Oldest, held.Newest), (held.Rows, held.Octets),
            string.Create(CultureInfo.InvariantCulture, $"{days} d after the lease ended"),
            now - RetentionEntry.Grace - TimeSpan.FromDays(days), "the identity table"));
    }
}

/// <summary>Epoch keys: a key may be there until seven days after its epoch ended (R8).</summary>
internal sealed class EpochKeyRetention(EpochKeys keys) : IRetentionSource
{
    public string Kind => "keys";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var epochs = keys.Kept();
        DateTimeOffset? oldest = epochs.Count > 0 ? Epochs.BeginOf(epochs.Min()) : null;
        DateTimeOffset? newest = epochs.Count > 0 ? Epochs.BeginOf(epochs.Max()) : null;
        return Task.FromResult(RetentionEntry.Create(
            Kind, (oldest, newest), (epochs.Count, epochs.Count * 32L), "7 d after the epoch of 7 d",
            now - RetentionEntry.Grace - TimeSpan.FromDays(2 * Epochs.DaysPerEpoch), "epoch keys"));
    }
}

/// <summary>Seals of cases; each goes when the desk has its case destroyed.</summary>
internal sealed class SealRetention(CaseSealStore seals) : IRetentionSource
{
    public string Kind => "sealed cases";

    public Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        var count = seals.All().Count;
        return Task.FromResult(new RetentionEntry(
            Kind, null, null, count, 0, "with its case", count == 0 ? RetentionEntry.Nothing : RetentionEntry.Ok,
            "encrypted, a key for each"));
    }
}

internal static class VaultRetentionRegistration
{
    /// <summary>Adds what the vault holds.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="identityDays">Days that a lease is kept after its end.</param>
    /// <param name="chain">The vault's own chain.</param>
    public static IServiceCollection AddRetention(
        this IServiceCollection services, int identityDays, AuditOptions chain) => services
        .AddRetentionSource(provider => new IdentityRetention(
            provider.GetRequiredService<VaultStatusPage>(), identityDays))
        .AddRetentionSource(provider => new EpochKeyRetention(provider.GetRequiredService<EpochKeys>()))
        .AddRetentionSource(provider => new SealRetention(provider.GetRequiredService<CaseSealStore>()))
        .AddRetentionSource(_ => new AuditRetention(chain));
}
