// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Clients;
using Weir.Vault.Client;

namespace Weir.Cli.Retaining;

/// <summary>Who had an address, as the vault tells: the oldest is the lease that ended longest ago; one that goes on is
/// as new as now.</summary>
internal sealed class IdentityRetention(string socket, int days) : IRetentionSource
{
    public string Kind => "identity";

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        using var vault = new VaultClient(socket);
        try
        {
            var held = await vault.IdentityHeldAsync(cancel);
            return RetentionEntry.Create(
                Kind, held.Oldest, held.Newest, held.Rows, held.Octets,
                string.Create(CultureInfo.InvariantCulture, $"{days} d after the lease ended"),
                now - StoreTableRetention.Grace - TimeSpan.FromDays(days), $"the vault at {socket}");
        }
        catch (Exception refused) when (refused is VaultDownException or VaultRefusedException)
        {
            throw new IOException(refused.Message, refused);
        }
    }
}
