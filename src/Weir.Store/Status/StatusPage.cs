// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Engine;
using Weir.Store.Loading;
using Weir.Wire.Native;

namespace Weir.Store.Status;

/// <summary>Says how the store is; asks the engine nothing.</summary>
internal sealed class StatusPage(EngineHost engine, SegmentIntake intake, ReleaseChain chain, TimeProvider time)
{
    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    public Task<StoreStatus?> AnswerAsync(PeerCall call, CancellationToken cancel)
    {
        var taken = intake.State;
        var store = Open();
        return Task.FromResult<StoreStatus?>(new StoreStatus
        {
            StartedAt = _startedAt,
            Engine = store?.Version ?? "",
            IsRunning = store is { Process: null or { State.Running: true } },
            Restarts = store?.Process?.State.Restarts ?? 0,
            SegmentsTaken = taken.Segments,
            RowsTaken = taken.Rows,
            RowsKnown = taken.Known,
            Refused = chain.Refused,
            Released = chain.Released,
            Fault = taken.Fault,
        });
    }

    private FlowStore? Open()
    {
        try
        {
            return engine.Store;
        }
        catch (StoreException)
        {
            return null;
        }
    }
}
