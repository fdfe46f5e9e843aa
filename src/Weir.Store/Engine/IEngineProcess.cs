// SPDX-License-Identifier: Apache-2.0
using Weir.Wire.Native;

namespace Weir.Store.Engine;

/// <summary>Where an engine's process stands.</summary>
/// <param name="Running">It has answered since it was last started.</param>
/// <param name="Since">Since when it stands so.</param>
/// <param name="Restarts">How often it was started again.</param>
/// <param name="ProcessId">Its process id, 0 while there is none.</param>
/// <param name="LastWords">What it said last on its standard error.</param>
public sealed record EngineProcessState(
    bool Running, DateTimeOffset Since, int Restarts, int ProcessId, string LastWords);

/// <summary>The process of an engine that Weir keeps alive. Disposing it ends the process.</summary>
public interface IEngineProcess : IAsyncDisposable
{
    EngineProcessState State { get; }

    /// <summary>The engine's directory.</summary>
    string Directory { get; }

    /// <summary>Kills it, and comes back when the next one answers.</summary>
    /// <exception cref="StoreException">None answers within two minutes.</exception>
    Task StartAgainAsync(CancellationToken cancel);
}
