// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>From an event to a scope, and what may be read behind it.</summary>
public sealed class CaseHandlerTests
{
    [Fact]
    public async Task A_signed_event_opens_a_case_with_a_scope_that_is_audited_kept_and_watched()
    {
        await using var place = await OpenAsync();

        await place.HandleAsync(Flood(1, subject: 7));

        var scope = Assert.Single(place.Scopes);
        Assert.Equal(ScopeState.Open, scope.State);
        Assert.Equal((Start - 300_000, Start + 60_000 + 900_000), (scope.Scope.FromMs, scope.UntilMs));
        Assert.Equal(Start + (72 * 3_600_000L), scope.Scope.ExpiresMs);
        Assert.Equal((Purpose.DdosSource, "flood-out/3"), (scope.Scope.Purpose, scope.Scope.Trigger));
        var entry = Assert.Single(place.Audit.EntriesOf(AuditActions.OpenScope));
        Assert.Equal((scope.Scope.Id.ToString(), Subject(7).ToString(), "flood-out/3", "allow"), (
            entry.Scope, entry.Subject, entry.Rule, entry.Outcome));
        Assert.Contains("80000 packets/s against 10000", entry.Reason, StringComparison.Ordinal);
        Assert.Equal((scope.Scope.FromMs, scope.UntilMs), (
            place.Shards.Watched[scope.Scope.Id].FromMs, place.Shards.Watched[scope.Scope.Id].UntilMs));

        await place.RestartAsync();
        Assert.Equal(scope.Scope, Assert.Single(place.Scopes).Scope);
        Assert.Contains(scope.Scope.Id, place.Shards.Watched.Keys);

        var decision = await place.Desk.Engine.DecideAsync(
            Ana, new Request.ReadFlows(Purpose.DdosSource, scope.Scope.Id, null, null), CancellationToken.None);
        var filter = Assert.IsType<Decision.Allow>(decision).Filter!;
        Assert.Equal(
            (scope.Scope.Id, scope.Scope.FromMs, scope.UntilMs), (filter.Scope, filter.FromMs, filter.UntilMs));
        Assert.Equal("allow", Assert.Single(place.Audit.EntriesOf(AuditActions.ReadEvidence)).Outcome);
    }
}
