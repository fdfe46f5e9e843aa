// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;
using Weir.Hosting.Governance;
using Weir.Hosting.Retention;

namespace Weir.Desk.Api.Instance;

/// <summary>What this Weir goes by, beside its records.</summary>
internal sealed record InstanceFacts
{
    /// <summary>What is governed, as the desk has it.</summary>
    public Func<GovernanceInForce> Governance { get; init; } = () => GovernanceInForce.Lab;

    /// <summary>The governance that lies in its file, whoever signed it; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public Func<SignedGovernance?> Lies { get; init; } = () => null;

    /// <summary>The governance that the desk keeps; null where there is none.</summary>
    /// <exception cref="InvalidDataException">It cannot be read.</exception>
    public Func<SignedGovernance?> Kept { get; init; } = () => null;

    /// <summary>Path of the file.</summary>
    public string GovernanceFile { get; init; } = "";

    /// <summary>Settings as the desk began with them.</summary>
    public IReadOnlyList<SettingInForce> Settings { get; init; } = [];

    /// <summary>Places where something is held, by process.</summary>
    public IReadOnlyList<(string Process, Func<DateTimeOffset, CancellationToken, Task<IReadOnlyList<RetentionEntry>>>
        Held)> Holdings { get; init; } = [];
}
