// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Vault.Disclosing;
using Weir.Vault.Gardening;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;
using Weir.Vault.Notifying;
using Weir.Vault.Sealing;

namespace Weir.Vault.Status;

/// <summary>What the status page counts.</summary>
internal sealed record StatusDependencies(
    EpochKeys Keys, CaseSealStore Seals, DisclosureLedger Orders, NoticeLedger Notified, IIdentity Identity,
    GardenGate Gardens)
{
    public required GrantKey Grants { get; init; }

    public required CustomerContactFile Contacts { get; init; }

    /// <summary>File of the identity store; null where all is in memory.</summary>
    public required string? IdentityFile { get; init; }
}

/// <summary>How the vault is and how much it keeps; of nobody in particular.</summary>
internal sealed class VaultStatusPage(StatusDependencies parts, ReleaseChain chain, TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public Task<VaultStatus?> AnswerAsync(PeerCall call, CancellationToken cancel) => Task.FromResult<VaultStatus?>(
        new VaultStatus
        {
            StartedAt = _startedAt,
            Epoch = Epochs.At(time.GetUtcNow()),
            Epochs = parts.Keys.Kept(),
            GrantKey = parts.Grants.Key.Public.ToString(),
            Cases = parts.Seals.All().Count,
            Disclosed = parts.Orders.Count,
            Notified = parts.Notified.Count,
            IdentityVersion = parts.Identity.Version,
            Contacts = parts.Contacts.Rows,
            ContactsRefused = parts.Contacts.Refused,
            ContactsFault = parts.Contacts.Fault,
            Gardens = parts.Gardens.Counts,
            Refused = chain.Refused,
            Released = chain.Released,
        });

    /// <summary>How much is kept of who had an address, and from when.</summary>
    public Task<VaultHoldings?> HoldingsAsync(PeerCall call, CancellationToken cancel) =>
        Task.FromResult<VaultHoldings?>(Holdings());

    /// <inheritdoc cref="HoldingsAsync"/>
    internal VaultHoldings Holdings()
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        var (rows, oldest, newest) = (0L, long.MaxValue, 0L);
        foreach (var row in parts.Identity.IntakeRows(0, out _))
        {
            var last = Math.Min(row.UntilMs, now);
            (rows, oldest, newest) = (rows + 1, Math.Min(oldest, last), Math.Max(newest, last));
        }

        var octets = parts.IdentityFile is { } path && File.Exists(path) ? new FileInfo(path).Length : 0;
        return new(
            rows, rows > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(oldest) : null,
            rows > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(newest) : null, octets);
    }
}
