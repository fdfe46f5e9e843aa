// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;

namespace Weir.Vault.Identity.Intake;

/// <summary>All counts of identity, for the metrics and the conservation of what came in.</summary>
public sealed class IdentityCounters
{
    private readonly ConcurrentDictionary<string, RecordCounters> _sources = new();

    public RadiusCounters Radius { get; } = new();

    /// <summary>Counts by the name of the source.</summary>
    public IReadOnlyDictionary<string, RecordCounters> Sources => _sources;

    /// <summary>Holdings that went with their age.</summary>
    public long Expired { get; internal set; }

    /// <summary>Times the store could not be written; what waited was written later.</summary>
    public long StoreFailures { get; internal set; }

    internal RecordCounters ForSource(string source) => _sources.GetOrAdd(source, _ => new RecordCounters());
}
