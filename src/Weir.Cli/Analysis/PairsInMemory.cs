// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Networks;
using Weir.Contracts.Segments;
using Weir.Store.Comparing;
using Weir.Store.Comparing.InMemory;
using Weir.Store.Runs;

namespace Weir.Cli.Analysis;

/// <summary>Pairs in this process's memory: they go with the run.</summary>
/// <param name="octets">What they may take.</param>
/// <param name="lines">What the rows' codes of lines stand for.</param>
internal sealed class PairsInMemory(long octets, SubscriberLineKinds lines) : IRunPairs
{
    private const double ShareOfMachine = 0.75;
    private const long Mebioctet = 1 << 20;

    private readonly MemoryPairCounts _pairs = new(octets, lines);

    /// <summary>Three quarters of what the machine, or the group the process is in, has.</summary>
    public static long DefaultOctets => (long)(ShareOfMachine * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);

    public IDigestSink Sink => _pairs;

    public IPairCounts Counts => _pairs;

    public async Task HoldAsync(Task reading, CancellationToken cancel)
    {
        await reading;
        if (!_pairs.HoldsAll)
        {
            throw new OperatorException(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"the pairs of these flows need {(_pairs.Needed + Mebioctet - 1) / Mebioctet} MiB of memory and "
                        + $"may take {octets / Mebioctet}: give them that by --memory, shorten the time by --since and "
                        + $"--until, or compare in a store on disk by --keep DIR"),
                ExitCode.Failed);
        }
    }

    public long PeakMemory() => PairComparison.PeakMemory(null);

    public ValueTask DisposeAsync()
    {
        _pairs.Dispose();
        return ValueTask.CompletedTask;
    }
}
