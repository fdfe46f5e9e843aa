// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;

namespace Weir.Collector.Keys;

/// <summary>Keys and leases of this collector, held in memory alone. Whoever has the vault's client implements it. Safe
/// for any thread.</summary>
public interface ICollectorKeys
{
    /// <summary>Keys of epochs; null where subjects stay in clear (the lab).</summary>
    IEpochKeySource? Epochs { get; }

    /// <summary>Lines of networks whose addresses change hands; null where none do.</summary>
    CurrentIntakeTable? Leases { get; }

    /// <summary>Why flows stay without a name, in a sentence; empty where none do.</summary>
    string Fault { get; }

    /// <summary>Fetches what is wanted and not held; costs no question where nothing is. A vault that does not answer
    /// is no exception: it stands in <see cref="Fault"/>.</summary>
    Task RefreshAsync(CancellationToken cancel);
}

/// <summary>Subjects in clear, for the lab alone.</summary>
public sealed class ClearSubjects : ICollectorKeys
{
    public IEpochKeySource? Epochs => null;

    public CurrentIntakeTable? Leases => null;

    public string Fault => "";

    public Task RefreshAsync(CancellationToken cancel) => Task.CompletedTask;
}
