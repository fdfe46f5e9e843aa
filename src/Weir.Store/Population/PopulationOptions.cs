// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Contracts.Population;

namespace Weir.Store.Population;

/// <summary>The population plane.</summary>
public sealed record PopulationOptions
{
    /// <summary>Folder of the answers that were given: published figures alone, kept without limit.</summary>
    public required string Folder { get; init; }

    /// <summary>What the rows' codes of lines stand for.</summary>
    public required SubscriberLineKinds Lines { get; init; }

    /// <summary>How coarse.</summary>
    public PopulationKAnonymity KAnonymity { get; init; } = PopulationKAnonymity.Default;
}
