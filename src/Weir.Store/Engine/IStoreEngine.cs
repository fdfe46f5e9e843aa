// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Engine;

/// <summary>An engine that the section <c>store</c> may name: a folder with one of these. <see cref="FlowStore"/> finds
/// them in its assembly.</summary>
public interface IStoreEngine
{
    /// <summary>Whether the section names it; it names one of all.</summary>
    bool Serves(StoreOptions settings);

    /// <summary>Starts it or connects to it, and brings its tables up to date.</summary>
    /// <exception cref="StoreException">It cannot be had; the text says what to do.</exception>
    Task<OpenedEngine> OpenAsync(StoreOptions settings, EngineContext context, CancellationToken cancel);
}

/// <summary>What an engine opens with.</summary>
/// <param name="Options">How an engine of Weir's own runs.</param>
/// <param name="Time">Clock.</param>
/// <param name="Logs">Where it tells what happens.</param>
public sealed record EngineContext(EngineOptions Options, TimeProvider Time, ILoggerFactory Logs);

/// <summary>An engine that answers, with its tables in place.</summary>
public sealed record OpenedEngine
{
    /// <summary>Asks: of one machine itself, of many what stands before them.</summary>
    public required ClickHouseHttp Client { get; init; }

    /// <summary>The machines that hold rows, in their order.</summary>
    public required IReadOnlyList<StoreShard> Shards { get; init; }

    /// <summary>The process that Weir keeps alive; null where others do.</summary>
    public IEngineProcess? Process { get; init; }

    /// <summary>Makes its tables again, after its process was started on a new folder; null where there is none.
    /// </summary>
    public Func<CancellationToken, Task>? MakeTables { get; init; }

    /// <summary>Whether the folder of its process holds rows.</summary>
    public bool HoldsRows { get; init; } = true;

    /// <summary>It knows <c>insert_deduplication_token</c>.</summary>
    public required bool HasTokens { get; init; }

    /// <summary>Its own version, such as <c>26.5.1.1</c>.</summary>
    public required string Version { get; init; }
}
