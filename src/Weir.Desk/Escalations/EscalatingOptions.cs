// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Escalations;

/// <summary>Settings of the ladder; the <c>escalating</c> section of <c>weir.yaml</c>.</summary>
public sealed record EscalatingOptions
{
    /// <summary>The customer is reminded when it goes on for so long after the notice. Default 3 d.</summary>
    public TimeSpan RemindAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>So long after a delivered notice Weir may close an endpoint by itself. Default 24 h.</summary>
    public TimeSpan AfterNotice { get; init; } = TimeSpan.FromHours(24);

    /// <summary>So long after a notice that could not be delivered. Default 72 h.</summary>
    public TimeSpan WithoutNotice { get; init; } = TimeSpan.FromHours(72);

    /// <summary>How long a block of Weir's own lasts; never longer than the policy's. Default 14 d.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromDays(14);

    /// <summary>How often an endpoint that was not closed is looked at again, and a running check is
    /// counted. Default 1 h.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long a garden that the access system did not confirm waits for its next try.
    /// Default 1 min.</summary>
    public TimeSpan TryEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Weir closes nothing by itself for so long after an emergency stop. Default 24 h.</summary>
    public TimeSpan StopValidFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long after "fixed" flows of before may still come; silence counts from then on, and is known so
    /// long after its end. Default 10 min.</summary>
    public TimeSpan Settles { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a class has to be silent to be clean, where the purpose has no time of its own; never longer
    /// than the policy's check. Default 7 d.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromDays(7);

    /// <summary>The same by purpose.</summary>
    public ImmutableDictionary<Purpose, TimeSpan> SilenceOf { get; init; } =
        ImmutableDictionary<Purpose, TimeSpan>.Empty;

    /// <summary>Whether Weir closes the class of a flood for the line that sends it, by itself, where the policy blocks
    /// by itself. Default no.</summary>
    public bool BlocksFloods { get; init; }
}
