// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;

namespace Weir.Hosting.VaultClient;

/// <summary>The vault as a collector sees it: keys of epochs and who has which address under which number. Safe for any
/// thread.</summary>
public sealed class CollectorVaultClient(PeerClient vault)
{
    private const int KeyOctets = 32;

    /// <summary>The key of an epoch, 32 octets in memory that does not move.</summary>
    /// <exception cref="Weir.Contracts.Networks.EpochKeyException">It is no more, or not yet.</exception>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer.</exception>
    public Task<byte[]> EpochKeyAsync(uint epoch, CancellationToken cancel) =>
        vault.KeyAsync(VaultRoutes.EpochKey, epoch, KeyOctets, cancel);

    /// <summary>Rows of the intake table that changed, as they come; where it breaks off, some were taken.</summary>
    /// <param name="instance">Of the vault, as it said last; 0 at first.</param>
    /// <param name="after">Version it said last.</param>
    /// <param name="begin">Takes the head, before the rows.</param>
    /// <param name="take">Takes a row.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer, or broke off.</exception>
    public Task<IntakeRows> IntakeAsync(
        ulong instance, long after, Action<IntakeRows> begin, Action<IntakeEntry> take, CancellationToken cancel)
    {
        var query = new Dictionary<string, string>
        {
            ["instance"] = instance.ToString("x16", CultureInfo.InvariantCulture),
            ["after"] = after.ToString(CultureInfo.InvariantCulture),
        };
        return VaultCalls.PassAsync(() => vault.GetRawAsync(
            VaultRoutes.Intake, (body, stop) => ReadAsync(body, begin, take, stop), query, VaultCalls.Delivery,
            cancel));
    }

    /// <summary>Says whether lines under a check were active.</summary>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer: the same may be said
    /// again.
    /// </exception>
    public Task ReportActivityAsync(LineActivityReport report, CancellationToken cancel) =>
        vault.AskAsync(
            VaultRoutes.LineActivity, report, VaultCalls.Json.LineActivityReport, VaultCalls.Json.Done,
            (VaultCalls.Soon, cancel));

    private static async Task<IntakeRows> ReadAsync(
        Stream body, Action<IntakeRows> begin, Action<IntakeEntry> take, CancellationToken cancel)
    {
        var octets = new byte[IntakeRows.Octets];
        await body.ReadExactlyAsync(octets, cancel);
        var head = IntakeRows.Read(octets);
        begin(head);
        var row = new byte[IntakeEntry.Octets];
        while (await body.ReadAtLeastAsync(row, row.Length, throwOnEndOfStream: false, cancel) is > 0 and var read)
        {
            take(read == row.Length
                ? IntakeEntry.Read(row)
                : throw new EndOfStreamException("the vault's intake table ends in the middle of a row"));
        }

        return head;
    }
}
