// SPDX-License-Identifier: Apache-2.0
using System.Text.RegularExpressions;
using Weir.Desk.Api.Routing;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;

namespace Weir.Tests.DeskProcess.Api;

/// <summary>Who may call what, written out: a route that is not here fails, and so does one whose role check is gone.
/// A body that is no JSON is sent, so that whoever may call is told of the body, and whoever may not of the
/// role.</summary>
public sealed partial class ApiRoleTests : IClassFixture<ApiRoleTests.Shared>
{
    private const string Everybody = "analyst operator privacy-officer auditor administrator";
    private const string Nobody = "none";

    private static readonly string[] Callers = [.. Everybody.Split(' '), Nobody];

    private readonly ApiFixture _api;

    public ApiRoleTests(Shared shared) => _api = shared.Api;

    /// <summary>Route and roles; <c>+own</c>: the user that runs Weir, who is the tests' user everywhere.</summary>
    public static TheoryData<string, string> Matrix => new()
    {
        { "POST audit/countersignatures", "auditor" },
        { "GET oversight", "privacy-officer auditor" },
        { "GET cases", "analyst operator privacy-officer auditor" },
        { "GET cases/{id}", "analyst operator privacy-officer auditor" },
        { "PUT cases/{id}/assignee", "analyst operator privacy-officer" },
        { "POST cases/{id}/comments", "analyst operator privacy-officer" },
        { "PUT cases/{id}/snooze", "analyst operator privacy-officer" },
        { "PUT cases/{id}/closure", "analyst operator privacy-officer" },
        { "POST cases/{id}/evidence", "analyst operator privacy-officer" },
        { "GET cases/{id}/ladder", "analyst operator privacy-officer auditor" },
        { "PUT cases/{id}/garden", "analyst operator" },
        { "POST cases/{id}/appeals", "analyst operator privacy-officer" },
        { "POST cases/{id}/appeals/review", "analyst operator" },
        { "POST cases/{id}/rechecks", "analyst operator privacy-officer" },
        { "GET cases/{id}/notices", "analyst operator privacy-officer auditor" },
        { "GET notices", "analyst operator privacy-officer auditor" },
        { "GET notices/preview", "analyst operator privacy-officer auditor" },
        { "POST notices", "analyst operator" },
        { "POST scopes/{id}/review", "privacy-officer" },
        { "POST lookups", Everybody },
        { "GET approvals", "analyst operator privacy-officer auditor" },
        { "GET approvals/{id}", "analyst operator privacy-officer auditor" },
        { "POST approvals/{id}/signatures", "analyst operator privacy-officer auditor" },
        { "POST disclosures", "analyst privacy-officer" },
        { "POST disclosures/{id}/approval", "analyst privacy-officer" },
        { "GET disclosures/{id}", "analyst privacy-officer" },
        { "POST complaints", "analyst operator" },
        { "POST consents", "analyst" },
        { "GET comparisons", "analyst operator privacy-officer auditor" },
        { "GET comparisons/{id}", "analyst operator privacy-officer auditor" },
        { "POST comparisons", "analyst operator" },
        { "POST candidates/{id}/review", "analyst operator privacy-officer" },
        { "POST reviews/{id}/approval", "analyst operator privacy-officer" },
        { "GET endpoints", "analyst operator privacy-officer auditor" },
        { "GET endpoint", "analyst operator privacy-officer auditor" },
        { "POST allowances", "analyst operator privacy-officer" },
        { "POST holds", "analyst operator privacy-officer" },
        { "POST holds/releases", "analyst operator privacy-officer" },
        { "GET holds", "analyst operator privacy-officer auditor" },
        { "GET promotions", "analyst operator privacy-officer auditor" },
        { "POST promotions", "analyst operator" },
        { "POST promotions/{id}/approval", "analyst operator" },
        { "POST demotions", "analyst operator" },
        { "GET population/{name}", "analyst operator privacy-officer auditor" },
        { "GET blocks", "analyst operator privacy-officer auditor" },
        { "GET blocks/{id}", "analyst operator privacy-officer auditor" },
        { "GET blocks/standing", "analyst operator privacy-officer auditor" },
        { "GET blocks/preview", "analyst operator" },
        { "POST blocks", "analyst operator" },
        { "POST line-blocks", "analyst operator" },
        { "POST blocks/{id}/approval", "analyst operator" },
        { "POST blocks/{id}/withdrawal", "analyst operator" },
        { "POST blocks/emergency-stop", "analyst operator" },
        { "GET channels", "operator administrator" },
        { "POST channels/{name}/tests", "operator administrator" },
        { "POST shared-endpoints", "analyst operator privacy-officer" },
        { "GET audit/key", "privacy-officer auditor administrator" },
        { "GET audit/heads", "privacy-officer auditor administrator" },
        { "GET audit/entries", "privacy-officer auditor administrator" },
        { "GET transparency", "analyst operator privacy-officer auditor" },
        { "GET transparency/{quarter}", "analyst operator privacy-officer auditor" },
        { "GET lists", Everybody },
        { "POST lists/{name}/fetches", "operator administrator" },
        { "POST lists/verifications", "operator privacy-officer auditor" },
        { "GET lists/differences/{digest}", "operator privacy-officer auditor" },
        { "GET lists/held", Everybody },
        { "GET held-networks", Everybody },
        { "POST held-networks", "analyst operator privacy-officer" },
        { "POST held-networks/{id}/approval", "analyst operator privacy-officer" },
        { "POST lists/{name}/releases", "analyst operator privacy-officer administrator" },
        { "POST lists/{name}/drops", "analyst operator privacy-officer administrator" },
        { "POST console/links", Everybody },
        { "GET console/sessions", Everybody },
        { "GET tokens", Everybody },
        { "POST tokens", Everybody },
        { "POST tokens/{id}/revocation", Everybody },
        { "POST console/sessions/{id}/end", Everybody },
        { "GET console/password", Everybody },
        { "POST console/password/keys", Everybody },
        { "PUT console/password", Everybody },
        { "POST console/password/removal", Everybody },
        { "GET events", "analyst operator privacy-officer auditor" },
        { "GET governance", Everybody },
        { "GET settings", "operator privacy-officer auditor administrator" },
        { "GET retention", "operator privacy-officer auditor administrator" },
        { "GET changes", Everybody },
        { "GET now", Everybody },
        { "GET exporters", Everybody },
        { "GET health", Everybody },
        { "GET openapi.json", "+own" },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public async Task A_route_answers_its_roles_and_no_other(string route, string roles)
    {
        var (method, path) = (route.Split(' ')[0], route.Split(' ')[1]);
        var typed = Marks().Replace(path, "x");
        _api.Cases.Clock.Advance(RepeatedRefusals.Together); // of one minute only the first stand by themselves
        foreach (var caller in Callers)
        {
            var before = _api.Cases.Audit.Entries.Count;
            var answer = await _api.SendAsync(caller, method, typed, method == "GET" ? null : "{");
            var added = _api.Cases.Audit.Entries.Skip(before).ToList();
            if (roles == "+own" || roles.Split(' ').Contains(caller))
            {
                Assert.False(IsRefusedAtTheGate(answer), $"{caller} may {route}, and was told: {answer.Text}");
                continue;
            }

            Assert.True(IsRefusedAtTheGate(answer), $"{caller} may not {route}, and was told: {answer.Text}");
            if (caller is Nobody && added.Count == 0)
            {
                continue; // counted with the others of its minute: RepeatedRefusalsTests
            }

            var entry = added[0];
            Assert.Equal((ApiFixture.Me, "role-may-not"), (entry.Actor, entry.Outcome));
            Assert.Equal(
                caller is Nobody ? "none" : caller, entry.Role);
        }
    }

    [Fact]
    public async Task The_matrix_has_every_route()
    {
        var mapped = (await _api.SendAsync("auditor", "GET", "openapi.json")).Json.GetProperty("paths")
            .EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation =>
                $"{operation.Name.ToUpperInvariant()} {path.Name[(ApiRoutes.Prefix.Length + 1)..]}"));

        Assert.Equal(
            Matrix.Select(row => row.Data.Item1).Order(StringComparer.Ordinal), mapped.Order(StringComparer.Ordinal));
    }

    /// <summary>R13: what a wrong role asked for is on record as that, with its case and scope, and counts.</summary>
    [Fact]
    public async Task A_wrong_roles_call_is_on_record_as_what_it_asked_for_and_the_third_rings_the_officers_bell()
    {
        await using var api = await ApiFixture.OpenAsync();
        await api.Cases.HandleAsync(CaseHandlerFixture.Flood(1, 7));
        var scope = api.Cases.Scopes.Single().Scope;

        for (var i = 0; i < 3; i++)
        {
            var answer = await api.SendAsync(
                "auditor", "POST", $"cases/{scope.Case}/evidence", $$"""{"scope": "{{scope.Id}}"}""");
            Assert.Equal((403, "role-may-not"), (answer.Status, answer.Code));
        }

        var read = api.Cases.Audit.EntriesOf(AuditActions.ReadEvidence).ToList();
        Assert.Equal(3, read.Count);
        Assert.All(read, e => Assert.Equal(
            (scope.Case.ToString(), scope.Id.ToString(), "role-may-not"), (e.Case, e.Scope, e.Outcome)));
        Assert.Single(api.Cases.Audit.EntriesOf(AuditActions.TellOfficer));
    }

    [Fact]
    public async Task A_user_without_a_role_is_on_record_and_learns_nothing_of_what_there_is()
    {
        await using var api = await ApiFixture.OpenAsync();
        foreach (var (method, path, body) in new[] { ("GET", "cases", null), ("POST", "blocks", "{}") })
        {
            var answer = await api.SendAsync(Nobody, method, path, body);
            Assert.Equal((403, "role-may-not"), (answer.Status, answer.Code));
            Assert.Contains($"{ApiFixture.Me} has no role", answer.Detail, StringComparison.Ordinal);
        }

        Assert.Equal(2, api.Cases.Audit.EntriesOf(AuditActions.LoginRefused).Count(e => e.Role == "none"));
    }

    /// <summary>Nothing is refused, nor anything done, that is not on record.</summary>
    [Fact]
    public async Task Without_the_audit_nobody_is_answered()
    {
        await using var api = await ApiFixture.OpenAsync();
        api.Cases.Audit.Breaks = _ => true;
        foreach (var (role, path) in new[] { ("analyst", "cases"), ("administrator", "cases"), (Nobody, "cases") })
        {
            var answer = await api.SendAsync(role, "GET", path);
            Assert.Equal((503, "audit-down"), (answer.Status, answer.Code));
        }
    }

    [GeneratedRegex(@"\{[a-z]+\}")]
    private static partial Regex Marks();

    /// <summary>The refusal of the route's roles, not one of a rule behind it.</summary>
    private static bool IsRefusedAtTheGate(ApiAnswer answer) =>
        answer.Status == 403 && answer.Code == "role-may-not"
        && (answer.Detail.Contains(" is for ", StringComparison.Ordinal)
            || answer.Detail.Contains(" has no role", StringComparison.Ordinal));

    public sealed class Shared : IAsyncLifetime
    {
        internal ApiFixture Api { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Api = await ApiFixture.OpenAsync();

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }
}
