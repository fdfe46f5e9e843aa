// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Cli.Api;
using Weir.Contracts.Clients;
using Weir.Hosting.VaultClient;

namespace Weir.Cli.Retaining;

/// <summary>Who had an address, as the vault tells: the oldest is the lease that ended longest ago; one that goes on is
/// as new as now.</summary>
internal sealed class IdentityRetention(string socket, string? user, int days) : IRetentionSource
{
    public string Kind => "identity";

    public async Task<RetentionEntry> InspectAsync(DateTimeOffset now, CancellationToken cancel)
    {
        using var vault = new VaultPeer(socket, user);
        try
        {
            var held = await new OperatorVaultClient(vault.Client).HoldingsAsync(cancel);
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
