// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Grounds;

/// <summary>How far a scope may reach around what it rests on (rules.md R5, R20).</summary>
public sealed record ScopeLimits
{
    /// <summary>The rules' own.</summary>
    public static ScopeLimits Default { get; } = new();

    /// <summary>Before the first evidence, ms.</summary>
    public long BeforeMs { get; init; } = Scope.BeforeMs;

    /// <summary>Beyond the last evidence, ms.</summary>
    public long AfterMs { get; init; } = Scope.AfterMs;

    /// <summary>From the first evidence, or from where a renewed scope begins, to the end
    /// whatever happens, ms.</summary>
    public long CapMs { get; init; } = Scope.CapMs;

    /// <summary>How long a check after a clean-up counts, ms.</summary>
    public long CheckMs { get; init; } = 14 * 86_400_000L;
}
