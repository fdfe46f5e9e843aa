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

    /// <summary>How long after the last evidence a check may begin, ms: evidence is kept no longer (R10, ninety days and
    /// the longest scope), so nothing is left that a later one could be about. <see cref="long.MaxValue"/> for flows of
    /// another time than the clock's.</summary>
    public long CheckAfterMs { get; init; } = 93 * 86_400_000L;
}
