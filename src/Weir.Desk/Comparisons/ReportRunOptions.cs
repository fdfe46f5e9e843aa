// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Hosting.Sections;

namespace Weir.Desk.Comparisons;

/// <summary>What reports are made of and where they go.</summary>
public sealed record ReportRunOptions
{
    /// <summary>When and how.</summary>
    public required ComparisonsOptions Settings { get; init; }

    /// <summary>Profile by name, as reports write it.</summary>
    public required string Profile { get; init; }

    /// <summary>Networks, for subjects in clear.</summary>
    public required NetworkTable Networks { get; init; }

    /// <summary>The provider's name; empty for none.</summary>
    public string Provider { get; init; } = "";

    /// <summary>Folder of reports and runs.</summary>
    public required string Folder { get; init; }
}
