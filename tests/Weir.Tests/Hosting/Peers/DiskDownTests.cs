// SPDX-License-Identifier: Apache-2.0
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Peers.Memory;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Sqlite;

namespace Weir.Tests.Hosting.Peers;

/// <summary>A route whose file has no disk.</summary>
public sealed class DiskDownTests
{
    [Fact]
    public async Task A_full_disk_is_told_by_its_name_and_may_be_asked_again()
    {
        using var counted = new Counted();
        using var peers = new MemoryPeers(TimeProvider.System, counted.Meters, NullLoggerFactory.Instance);
        var folder = Path.GetTempPath().TrimEnd('/');
        peers.Start("vault", new PeerRoutes().Get(
            RecordRoutes.Standing, PeerRoles.Desk, RecordJson.Default.RecordStanding,
            (_, _) => throw SqliteDiskException.Of(
                new SqliteException("database or disk is full", 13), Path.Combine(folder, "identity.db"))));
        using var desk = peers.Client(new("weir-desk", PeerRoles.Desk), "vault");

        var refused = await Assert.ThrowsAsync<PeerRefusedException>(() => desk.GetAsync(
            RecordRoutes.Standing, RecordJson.Default.RecordStanding));

        Assert.Equal((PeerCodes.DiskDown, 503, true), (refused.Code, refused.Status, refused.IsPassing));
        Assert.Contains($"the disk of {folder} is full: free some room", refused.Message, StringComparison.Ordinal);
    }
}
