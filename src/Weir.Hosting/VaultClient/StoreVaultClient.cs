// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Contracts.Noise;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;

namespace Weir.Hosting.VaultClient;

/// <summary>The vault as the store sees it: the keys of an epoch's control cohort and of the
/// noise of what is published of a window. Safe for any thread.</summary>
public sealed class StoreVaultClient(PeerClient vault)
{
    /// <summary>The key of an epoch's cohort draw.</summary>
    /// <exception cref="Weir.Contracts.Networks.EpochKeyException">It is no more, or not yet.</exception>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer.</exception>
    public async Task<ulong> CohortKeyAsync(uint epoch, CancellationToken cancel)
    {
        var key = await vault.KeyAsync(VaultRoutes.CohortKey, epoch, sizeof(ulong), cancel);
        var number = BinaryPrimitives.ReadUInt64LittleEndian(key);
        CryptographicOperations.ZeroMemory(key);
        return number;
    }

    /// <summary>The key of the noise of a window of UTC days since the UNIX epoch, the second exclusive.</summary>
    /// <exception cref="Weir.Contracts.Networks.EpochKeyException">It is no more, or not yet.</exception>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer.</exception>
    public async Task<NoiseKey> NoiseKeyAsync(uint fromDay, uint untilDay, CancellationToken cancel)
    {
        var key = await vault.KeyAsync(VaultRoutes.NoiseKey, (fromDay, untilDay), NoiseKey.Octets, cancel);
        try
        {
            return new NoiseKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }
}
