// SPDX-License-Identifier: Apache-2.0
using Weir.Store.ClickHouse;

namespace Weir.Store.Engine;

/// <summary>Where the rows lie: an embedded engine in a process of its own, or a ClickHouse server.</summary>
public sealed record EngineOptions
{
    /// <summary>The embedded engine's folder; null where <see cref="Server"/> is given.</summary>
    public string? Folder { get; init; }

    /// <summary>A server; null where <see cref="Folder"/> is given.</summary>
    public StoreAddress? Server { get; init; }

    /// <summary>Octets that the embedded engine's queries may take; 0 = its default.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>How the embedded engine is started; null = this program with the command <c>flowstore</c>.</summary>
    public IReadOnlyList<string>? CommandLine { get; init; }

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate() => Folder is null == Server is null
        ? ["store: give a folder for the embedded engine or the URL of a server, and not both"]
        : [];
}
