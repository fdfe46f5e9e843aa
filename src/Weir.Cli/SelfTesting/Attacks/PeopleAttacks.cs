// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Ssh;
using Weir.Desk.Cases.Records;
using Weir.Hosting.Auditing;

namespace Weir.Cli.SelfTesting.Attacks;

/// <summary>One person for two, the wrong two, and a reason that says nothing.</summary>
internal static class PeopleAttacks
{
    /// <summary>Why, in words that count.</summary>
    internal const string Why = "mail to the customer comes back; to be called";

    private static readonly Actor Anton = new("anton", Role.Analyst);

    public static IEnumerable<AttackRow> Rows { get; } =
    [
        new(4, "analyst", "approves the own disclosure", play =>
            GivenAsync(play, RulesTestHost.Ana, "second-person-needed")),
        new(4, "two analysts", "approve a disclosure", play => GivenAsync(play, Anton, "second-person-needed")),
        new(4, "administrator", "approves a disclosure", play => GivenAsync(play, RulesTestHost.Adam, "role-may-not")),
        new(4, "operator", "approves a disclosure", play => GivenAsync(play, RulesTestHost.Olaf, "role-may-not")),
        new(4, "analyst", "asks for a subject by the scope of another case", async play =>
        {
            var other = play.Place.ScopeOf(2, Purpose.DdosSource);
            var asked = await play.Place.Disclosures.RequestAsync(
                RulesTestHost.Ana, Flood(play).Scope.Case, other.Scope.Id, Why, play.Cancel);
            play.Note(RulesTestHost.Ana, AuditActions.AskDisclosure, asked.Refused, "unknown", "asking");
        }),
        new(5, "analyst", "gives aaaaaaaaaaaaaaaaaaaa as reason", play => play.VaultRefusesAsync(
            () => AskAsync(play, new string('a', 20)), "action-not-allowed", "drawing up")),
        new(7, "one person", "has two names with one key", play =>
        {
            using var key = new SshSigningKey();
            TwoNames(play, [key.Public], [key.Public], "ana", "bea");
            return Task.CompletedTask;
        }),
        new(7, "one person", "has two roles", play =>
        {
            TwoNames(play, [], [], "ana", "ana");
            return Task.CompletedTask;
        }),
        new(44, "analyst", "gives a case to a user who is not there, so that nobody sees it", async play =>
        {
            var step = await play.Place.Desk.AssignAsync(
                RulesTestHost.Ana, Flood(play).Scope.Case, "nobody-at-all", play.Cancel);
            play.Note(RulesTestHost.Ana, AuditActions.EditCase, step.Refused, "unknown", "assigning");
        }),
    ];

    /// <summary>An analyst asks; the number of what both would sign.</summary>
    internal static async Task<ulong> AskAsync(ScenarioRunner play, string reason = Why)
    {
        var flood = Flood(play);
        await play.Place.Desk.RunOnceAsync(play.Cancel);
        var asked = await play.Place.Disclosures.RequestAsync(
            RulesTestHost.Ana, flood.Scope.Case, flood.Scope.Id, reason, play.Cancel);
        return asked.Asked?.Number
            ?? throw new ExpectationFailedException($"a disclosure could not be asked for: {asked.Refused?.Why}");
    }

    private static async Task GivenAsync(ScenarioRunner play, Actor second, string wanted)
    {
        var given = await play.Place.Disclosures.ApproveAsync(second, await AskAsync(play), play.Cancel);
        play.Note(second, AuditActions.Disclose, given.Refused, wanted, "approving");
        play.Check(given.Shown is null, "a line was shown");
    }

    private static void TwoNames(
        ScenarioRunner play, SshPublicKey[] first, SshPublicKey[] second, string one, string other)
    {
        try
        {
            _ = new People(
                "selftest",
                [new(one, one, Role.Analyst, [.. first]), new(other, other, Role.PrivacyOfficer, [.. second])]);
            play.Came(AuditActions.Allow, "refused", "two for one");
        }
        catch (ArgumentException)
        {
            play.Came("refused", "refused", "two for one");
        }
    }

    private static CaseScope Flood(ScenarioRunner play) => play.Place.ScopeOf(1, Purpose.DdosSource);
}
