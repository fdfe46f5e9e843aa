// SPDX-License-Identifier: Apache-2.0
//
// Segments to the store, oldest first, until it says of each that it holds all rows; then the file goes. The store asks
// its engine before it takes a segment in doubt: one that was sent before without an answer, or that an earlier start
// wrote. An outage costs delay, never a segment; a segment that the store refuses for good is set aside and said.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Calling;
using Weir.Hosting.Spooling;

namespace Weir.Collector.Segments;

/// <summary>Sends what the spool holds.</summary>
internal sealed class SegmentSender(
    Spool spool, PeerClient store, SegmentsOptions options, TimeProvider time, ILogger<SegmentSender> log)
    : BackgroundService
{
    /// <summary>What came of a round.</summary>
    private enum Sending : byte
    {
        /// <summary>Nothing waits any more.</summary>
        Done,

        /// <summary>The store answers, and does not take one now.</summary>
        Refused,

        /// <summary>The store is away, or the spool cannot be read.</summary>
        Stuck,
    }

    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1);
    private SegmentsState _state = new(0, 0, 0, 0, 0, "");
    private TimeSpan _pause = options.FirstPause;

    public SegmentsState State => Volatile.Read(ref _state);

    /// <summary>What the spool holds at the stop goes to a store that answers; the rest waits.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(CancellationToken.None);
        using var late = new CancellationTokenSource(options.StopPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            // A store that answers may still be busy with the segment whose sending was just cut.
            while (await SendWaitingAsync(either.Token) == Sending.Refused)
            {
                await Task.Delay(options.FirstPause, time, either.Token);
            }
        }
        catch (OperationCanceledException)
        {
            log.SegmentsLeft("there was no time");
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        _one.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            if (await SendWaitingAsync(stoppingToken) == Sending.Done)
            {
                await spool.Arrived.WaitAsync(TimeSpan.FromSeconds(1), stoppingToken);
            }
            else
            {
                await Task.Delay(_pause, time, stoppingToken);
                _pause = _pause * 2 < spool.Options.LongestPause ? _pause * 2 : spool.Options.LongestPause;
            }
        }
    }

    /// <summary>Sends until nothing waits, or the store does not take one now.</summary>
    private async Task<Sending> SendWaitingAsync(CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            while (spool.Folder.Waiting() is { Length: > 0 } waiting)
            {
                foreach (var path in waiting)
                {
                    await SendAsync(path, cancel);
                    _pause = options.FirstPause;
                    Change(state => state with { Fault = "" });
                }
            }

            return Sending.Done;
        }
        catch (Exception fault) when (fault is PeerDownException or PeerRefusedException or IOException
            or UnauthorizedAccessException)
        {
            if (State.Fault.Length == 0)
            {
                log.SegmentsWait(fault.Message);
            }

            Change(state => state with { Fault = fault.Message });
            return fault is PeerRefusedException ? Sending.Refused : Sending.Stuck;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task SendAsync(string path, CancellationToken cancel)
    {
        var name = Path.GetFileName(path);
        var isDoubtful = !_sent.Add(name) || !spool.Folder.IsOurs(name);
        try
        {
            await using var file = new FileStream(
                path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18,
                FileOptions.Asynchronous | FileOptions.SequentialScan);
            var answer = await store.PostRawAsync(
                $"{StoreRoutes.Segments}?name={Uri.EscapeDataString(name)}&doubt={(isDoubtful ? 1 : 0)}", file,
                StoreJson.Default.SegmentReceipt, options.RequestTimeout, cancel);
            spool.Folder.Release(path);
            _ = _sent.Remove(name);
            Change(state => answer.WasThere
                ? state with { Segments = state.Segments + 1, RowsKnown = state.RowsKnown + answer.Rows }
                : state with { Segments = state.Segments + 1, Rows = state.Rows + answer.Rows });
        }
        catch (PeerRefusedException refused) when (StoreCodes.IsSetAside(refused.Code))
        {
            var rows = SpoolFolder.RowsOf(path);
            spool.Folder.SetAside(path);
            _ = _sent.Remove(name);
            log.SegmentSetAside(name, refused.Code, refused.Message);
            Change(state => state with
            {
                SetAside = state.SetAside + 1, RowsSetAside = state.RowsSetAside + rows,
            });
        }
    }

    private void Change(Func<SegmentsState, SegmentsState> change) => Volatile.Write(ref _state, change(_state));
}
