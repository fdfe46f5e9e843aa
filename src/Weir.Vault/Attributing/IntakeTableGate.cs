// SPDX-License-Identifier: Apache-2.0
//
// The intake table as collectors get it: with line numbers in place of names (rules.md R7). The whole of it once, then
// what changed. Rows are made as they are sent: a provider's whole table is larger than what a vault should hold twice.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using Weir.Contracts.Networks;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Identity.Tables;
using Weir.Vault.Keys;

namespace Weir.Vault.Attributing;

/// <summary>Gives the table. Safe for any thread.</summary>
internal sealed class IntakeTableGate(IIdentity identity, SubscriberLineIdDeriver lines)
{
    private readonly ulong _instance = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8)) | 1;

    public Task<Stream> AnswerAsync(PeerCall call, CancellationToken cancel)
    {
        var known = call.Query("instance") == _instance.ToString("x16", CultureInfo.InvariantCulture)
            ? call.Number("after") ?? 0
            : 0;
        var rows = identity.IntakeRows(known, out var version);
        var head = new byte[IntakeRows.Octets];
        new IntakeRows(_instance, version, known == 0).WriteTo(head);
        return Task.FromResult<Stream>(new IntakeRowStream(head, rows, lines));
    }
}
