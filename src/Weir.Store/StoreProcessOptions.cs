// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Store.Endpoints;
using Weir.Store.Engine;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Store.LookBack;
using Weir.Store.Population;
using Weir.Store.Retention;
using Weir.Store.Runs;

namespace Weir.Store;

/// <summary>Settings of the store's process, component by component.</summary>
public sealed record StoreProcessOptions
{
    /// <summary>Where the rows lie.</summary>
    public required EngineOptions Engine { get; init; }

    /// <summary>The store's own chain.</summary>
    public required AuditOptions Audit { get; init; }

    /// <summary>The door for collectors, the desk, and who asks how the store is.</summary>
    public required PeerOptions Peers { get; init; }

    public required SegmentIntakeOptions Segments { get; init; }

    public required EvidenceOptions Evidence { get; init; }

    public required ComparisonOptions Comparisons { get; init; }

    public required PopulationOptions Population { get; init; }

    public EndpointOptions Endpoints { get; init; } = new();

    public required LookBackOptions LookBack { get; init; }

    public RetentionOptions Retention { get; init; } = new();

    /// <summary>Sentences for the operator, one for each fault.</summary>
    public IReadOnlyList<string> Validate() =>
        [.. Engine.Validate(), .. Peers.Validate(), .. Retention.Validate()];
}
