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

    /// <summary>How long after its end a window is still open: rows may be on their way to the store.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Folder of reports and runs.</summary>
    public required string Folder { get; init; }
}
