// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;

namespace Weir.Collector.Owning;

/// <summary>Flows as their owner got them.</summary>
/// <param name="Head">What stood in front.</param>
/// <param name="Sources">Who told of them.</param>
/// <param name="Flows">Attributed; in place of an exporter's number stands the place in <paramref name="Sources"/> and
/// one, 0 where nobody is named.</param>
public sealed record ForwardedBatch(
    ForwardHead Head, IReadOnlyList<FlowSource> Sources, ReadOnlyMemory<Flow> Flows);
