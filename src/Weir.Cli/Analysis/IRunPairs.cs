// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Segments;
using Weir.Store.Comparing;

namespace Weir.Cli.Analysis;

/// <summary>Where a run's pairs go and where they are counted.</summary>
internal interface IRunPairs : IAsyncDisposable
{
    /// <summary>Takes the digests while flows are read.</summary>
    IDigestSink Sink { get; }

    /// <summary>Answers once <see cref="HoldAsync"/> came back.</summary>
    IPairCounts Counts { get; }

    /// <summary>Comes back when the reading has ended and all its pairs are held.</summary>
    /// <exception cref="OperatorException">They do not fit.</exception>
    Task HoldAsync(Task reading, CancellationToken cancel);

    /// <summary>Peak resident octets of this process and of one that counts for it, together.</summary>
    long PeakMemory();
}
