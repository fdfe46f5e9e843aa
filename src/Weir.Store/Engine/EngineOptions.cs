// SPDX-License-Identifier: Apache-2.0

namespace Weir.Store.Engine;

/// <summary>How the embedded engine runs, where the section <c>store</c> names it.</summary>
public sealed record EngineOptions
{
    /// <summary>Octets that the embedded engine's queries may take; 0 = its default.</summary>
    public long MemoryLimit { get; init; }

    /// <summary>How the embedded engine is started; null = this program with the command <c>flowstore</c>.</summary>
    public IReadOnlyList<string>? CommandLine { get; init; }
}
