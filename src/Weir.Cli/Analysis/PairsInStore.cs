// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.Store.Comparing;
using Weir.Store.Engine;
using Weir.Store.Loading;
using Weir.Store.Runs;
using Weir.Wire.Native;

namespace Weir.Cli.Analysis;

/// <summary>Pairs in an embedded store in a folder that is kept; the spool between lies in a folder that goes with the
/// run.</summary>
internal sealed class PairsInStore : IRunPairs
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly WorkingFolder _folder = new();
    private readonly FlowStore _store;
    private readonly Spool _spool;
    private readonly SpoolLoader _loader;

    private PairsInStore(FlowStore store, SubscriberLineKinds lines, TimeProvider time, ILoggerFactory logs)
    {
        _store = store;
        _spool = new(
            new SpoolOptions { Directory = _folder.At("spool"), Durable = false }, logs.CreateLogger<Spool>());
        _loader = new(_spool, store, time, logs.CreateLogger<SpoolLoader>());
        Counts = new PairCounts(store.Client, lines);
    }

    public IDigestSink Sink => _spool;

    public IPairCounts Counts { get; }

    /// <exception cref="OperatorException">The folder holds something, or the engine does not start.</exception>
    public static async Task<PairsInStore> OpenAsync(
        string folder, SubscriberLineKinds lines, TimeProvider time, ILoggerFactory logs, CancellationToken cancel)
    {
        try
        {
            if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any())
            {
                throw new OperatorException(
                    $"--keep {folder} is not empty: pairs of two runs would be counted as one; give a new folder");
            }

            Directory.CreateDirectory(folder, OwnerOnly);
            return new(await FlowStore.OpenAsync(new() { Embedded = folder }, time, logs, cancel), lines, time, logs);
        }
        catch (Exception fault) when (fault is StoreException or IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--keep {folder}: {fault.Message}", ExitCode.Failed);
        }
    }

    public Task HoldAsync(Task reading, CancellationToken cancel) => _loader.LoadUntilAsync(reading, cancel);

    public long PeakMemory() => PairComparison.PeakMemory(_store);

    public async ValueTask DisposeAsync()
    {
        _loader.Dispose();
        _spool.Dispose();
        await _store.DisposeAsync();
        _folder.Dispose();
    }
}
