// SPDX-License-Identifier: Apache-2.0
//
// What a customer is told is made from the scope alone: its class, its time, what was measured. Which exporter told of
// it and who complained is the provider's and is left out.
using Weir.Contracts.Flows;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Cases;

namespace Weir.Desk.Notices;

/// <summary>Makes the facts of notices and of the customer's page.</summary>
public static class ScopeFactsBuilder
{
    /// <param name="file">The scope in its case file.</param>
    /// <param name="beforeMinutes">How far a scope reaches back before its first evidence (R5).</param>
    /// <param name="done">What was done, as it stands.</param>
    public static NoticeFacts Make(CaseScope file, int beforeMinutes, IReadOnlyList<string> done)
    {
        var scope = file.Scope;
        var reach = file.Event != 0 && file.Renews is null ? beforeMinutes * 60_000L : 0;
        var first = Math.Min(scope.FromMs + reach, file.LastMs);
        return new NoticeFacts
        {
            Purpose = scope.Purpose,
            Trigger = scope.Trigger,
            Class = scope.Class.ToString(),
            Endpoint = scope.Purpose == Purpose.CncContact
                && scope.Class.Predicate is { Remotes: [var remote], RemotePorts: [var port] } named
                ? new Endpoint(remote, port, named.Protocol).ToString()
                : "",
            First = DateTimeOffset.FromUnixTimeMilliseconds(first),
            Last = DateTimeOffset.FromUnixTimeMilliseconds(file.LastMs),
            Grounds = file.Facts is MeasuredTrigger measured ? TriggerText.FormatMeasure(measured) : "",
            Done = done,
        };
    }

    /// <summary>Time that the evidence of a case spans, over all scopes that may be told of.</summary>
    public static TimeSpan Span(IEnumerable<CaseScope> scopes, int beforeMinutes)
    {
        var facts = scopes.Select(scope => Make(scope, beforeMinutes, [])).ToList();
        return facts.Count == 0 ? TimeSpan.Zero : facts.Max(f => f.Last) - facts.Min(f => f.First);
    }
}
