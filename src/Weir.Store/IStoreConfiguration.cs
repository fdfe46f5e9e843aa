// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;
using Weir.Hosting.Sections;

namespace Weir.Store;

/// <summary>The sections of <c>weir.yaml</c> that the store reads, and what follows from others.</summary>
public interface IStoreConfiguration
{
    /// <summary>Which rules of looking are in force.</summary>
    Profile Profile { get; }

    /// <summary>Where the rows lie, and how long.</summary>
    StoreOptions Store { get; }

    /// <summary>The provider's networks.</summary>
    AttributingOptions Attributing { get; }

    /// <summary>How coarse figures are.</summary>
    ComparisonsOptions Comparing { get; }

    /// <summary>How many lines of a listed network are read of on a day.</summary>
    BrakeOptions Brake { get; }

    /// <summary>Where heads of its record go.</summary>
    AuditOptions Auditing { get; }

    /// <summary>How long after a flow its row is in the store; follows from <c>decoding</c> and <c>digesting</c>.
    /// </summary>
    TimeSpan RowsOnTheWay { get; }
}
