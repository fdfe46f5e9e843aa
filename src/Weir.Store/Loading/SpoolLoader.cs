// SPDX-License-Identifier: Apache-2.0
//
// Segments into the store, oldest first, each exactly once: see SegmentInserter. A segment written by this process and
// not yet sent is not in doubt.
using Microsoft.Extensions.Logging;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.Store.ClickHouse;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Wire.Native;

namespace Weir.Store.Loading;

/// <summary>Where the loader stands.</summary>
/// <param name="RowsLoaded">Rows the store took from us since the start.</param>
/// <param name="RowsAlreadyThere">Rows of segments in doubt that the store had already.</param>
/// <param name="RowsSetAside">Rows of damaged segments, as far as their header says.</param>
/// <param name="SegmentsSetAside">Segments moved to spool/bad since the start.</param>
/// <param name="Fault">Why segments wait, or empty.</param>
public sealed record LoaderState(
    long RowsLoaded, long RowsAlreadyThere, long RowsSetAside, int SegmentsSetAside, string Fault)
{
    public static LoaderState Fresh { get; } = new(0, 0, 0, 0, "");
}

/// <summary>Loads what the spool holds. The constructor is inert.</summary>
public sealed class SpoolLoader(Spool spool, FlowStore store, TimeProvider time, ILogger<SpoolLoader> log)
    : IPendingRows, IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _one = new(1);
    private readonly SegmentInserter _inserter = new(store, time);
    private readonly HashSet<string> _sent = new(StringComparer.Ordinal);
    private LoaderState _state = LoaderState.Fresh;

    public LoaderState State => Volatile.Read(ref _state);

    /// <summary>Loads until cancelled. A store that is down, full or refusing costs delay, never a segment.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            await LoadAsync(stopAtRefusal: false, cancel);
            await spool.Arrived.WaitAsync(TimeSpan.FromSeconds(1), cancel);
        }
    }

    /// <summary>Loads what comes until <paramref name="written"/> says that no more will, and then what is left; never
    /// leaves an insert half way.</summary>
    /// <exception cref="StoreException">The store refuses for a reason that does not pass.</exception>
    public async Task LoadUntilAsync(Task written, CancellationToken cancel)
    {
        while (!written.IsCompleted)
        {
            await LoadAsync(stopAtRefusal: true, cancel);
            await Task.WhenAny(written, spool.Arrived.WaitAsync(TimeSpan.FromSeconds(1), cancel));
        }

        await LoadAsync(stopAtRefusal: true, cancel);
    }

    /// <summary>Comes back when the store holds everything the spool held.</summary>
    /// <exception cref="StoreException">The store refuses for a reason that does not pass.</exception>
    public Task DrainAsync(CancellationToken cancel) => LoadAsync(stopAtRefusal: true, cancel);

    public void Dispose() => _one.Dispose();

    private async Task LoadAsync(bool stopAtRefusal, CancellationToken cancel)
    {
        await _one.WaitAsync(cancel);
        try
        {
            var pause = FirstPause;
            while (spool.Folder.Waiting() is { Length: > 0 } waiting)
            {
                try
                {
                    foreach (var path in waiting)
                    {
                        await LoadOneAsync(path, cancel);
                        pause = FirstPause;
                        Change(state => state with { Fault = "" });
                    }
                }
                catch (Exception fault) when (fault is StoreException { Retryable: true }
                    || (!stopAtRefusal && fault is StoreException or IOException or UnauthorizedAccessException))
                {
                    Change(state => state with { Fault = fault.Message });
                    log.SegmentsWait(fault.Message, pause.TotalMilliseconds);
                    await Task.Delay(pause, time, cancel);
                    pause = pause * 2 < spool.Options.LongestPause ? pause * 2 : spool.Options.LongestPause;
                }
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task LoadOneAsync(string path, CancellationToken cancel)
    {
        var name = Path.GetFileName(path);
        await using var file = new FileStream(
            path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 18,
            FileOptions.Asynchronous | FileOptions.SequentialScan);
        var (header, damage) = await SegmentFile.CheckAsync(file, cancel);
        if (header is not { } head || damage.Length > 0)
        {
            SetAside(path, header?.Rows ?? 0, damage);
            return;
        }

        file.Position = SegmentHeader.Length;
        var (fate, reason) = await _inserter.InsertAsync(
            head, file, mayBeThere: !_sent.Add(name) || !spool.Folder.IsOurs(name), cancel);
        switch (fate)
        {
            case SegmentFate.Loaded:
                Done(path, name, state => state with { RowsLoaded = state.RowsLoaded + head.Rows });
                break;
            case SegmentFate.WasThere:
                Done(path, name, state => state with { RowsAlreadyThere = state.RowsAlreadyThere + head.Rows });
                break;
            default:
                SetAside(path, head.Rows, reason);
                break;
        }
    }

    private void Done(string path, string name, Func<LoaderState, LoaderState> count)
    {
        spool.Folder.Release(path);
        _sent.Remove(name);
        Change(count);
    }

    private void SetAside(string path, uint rows, string reason)
    {
        spool.Folder.SetAside(path);
        var name = Path.GetFileName(path);
        _sent.Remove(name);
        log.SegmentSetAside(name, rows, reason);
        Change(state =>
            state with { RowsSetAside = state.RowsSetAside + rows, SegmentsSetAside = state.SegmentsSetAside + 1 });
    }

    private void Change(Func<LoaderState, LoaderState> change) => Volatile.Write(ref _state, change(_state));
}
