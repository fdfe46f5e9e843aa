// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Cases.Records;

namespace Weir.Desk.Notices;

/// <summary>How long what was seen lasted.</summary>
internal static class EvidenceSpan
{
    /// <summary>Time that the evidence of a case spans, over all scopes that may be told of.</summary>
    /// <param name="scopes">The scopes.</param>
    /// <param name="beforeMinutes">How far a scope reaches back before its first evidence (R5).</param>
    public static TimeSpan Create(IReadOnlyCollection<CaseScope> scopes, int beforeMinutes) =>
        scopes.Count == 0
            ? TimeSpan.Zero
            : TimeSpan.FromMilliseconds(
                scopes.Max(scope => scope.LastMs) - scopes.Min(scope => FirstMs(scope, beforeMinutes)));

    private static long FirstMs(CaseScope file, int beforeMinutes)
    {
        var reach = file.Event != 0 && file.Renews is null ? beforeMinutes * 60_000L : 0;
        return Math.Min(file.Scope.FromMs + reach, file.LastMs);
    }
}
