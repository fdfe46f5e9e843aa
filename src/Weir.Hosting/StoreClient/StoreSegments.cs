// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;

namespace Weir.Hosting.StoreClient;

/// <summary>Where a collector's segments go.</summary>
public interface ISegmentReceiver
{
    /// <summary>Sends one; when it returns, the store holds all rows once.</summary>
    /// <param name="name">The segment file's name.</param>
    /// <param name="octets">The file, from where it stands.</param>
    /// <param name="isInDoubt">It was sent before without an answer, or an earlier start wrote it.</param>
    /// <param name="cancel">Gives up: then the segment is in doubt.</param>
    /// <exception cref="PeerDownException">Nobody knows whether the store has it: it is in doubt.</exception>
    /// <exception cref="PeerRefusedException">Not taken: to be set aside where
    /// <see cref="StoreCodes.IsSetAside"/> says so of its code, else sent again in doubt.</exception>
    Task<SegmentReceipt> SendAsync(string name, Stream octets, bool isInDoubt, CancellationToken cancel);
}

/// <summary>Segments to the store's process.</summary>
public sealed class StoreSegments(PeerClient store) : ISegmentReceiver
{
    /// <summary>How long one may take; an insert of a million rows on a busy disk takes seconds.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public Task<SegmentReceipt> SendAsync(string name, Stream octets, bool isInDoubt, CancellationToken cancel) =>
        store.PostRawAsync(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{StoreRoutes.Segments}?name={Uri.EscapeDataString(name)}&doubt={(isInDoubt ? 1 : 0)}"),
            octets, StoreCalls.Json.SegmentReceipt, Limit, cancel);
}
