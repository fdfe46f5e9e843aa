// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.EndToEnd.Support;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;
using Weir.Lab.Telling;
using Weir.Wire;

namespace Weir.EndToEnd;

/// <summary>
/// The case the product starts from, through detector, shards, ring, case desk, store and audit: a flood on 7703 opens
/// 7703 and nothing else of that line; who also spams at line speed has a second scope, by a second event.
/// </summary>
public sealed class MailCaseTests(MailCaseFixture place) : IClassFixture<MailCaseFixture>
{
    private static readonly Actor Ana = new("ana", Role.Analyst);
    private static readonly FlowPredicate Smtp =
        new() { Direction = Direction.Out, Protocol = Protocols.Tcp, RemotePorts = [25] };

    [Fact]
    public void The_first_line_has_one_scope_the_second_two_and_nobody_else_any()
    {
        Assert.Equal([place.SubjectOf("A"), place.SubjectOf("B")], place.Desk.Files.Select(f => f.Subject).Order());
        Assert.Equal([RuleId.FloodOut], place.ScopesOf("A").Select(Rule));
        Assert.Equal([RuleId.FloodOut, RuleId.Spam], place.ScopesOf("B").Select(Rule).Order());
        foreach (var scope in place.ScopesOf("A").Concat(place.ScopesOf("B")))
        {
            var inside = scope.Scope.Class.Predicate;
            Assert.Equal(Rule(scope) == RuleId.Spam ? (Protocols.Tcp, 25) : (Protocols.Udp, 7_703), (
                inside.Protocol, inside.RemotePorts.Single()));
        }
    }

    [Fact]
    public async Task Evidence_of_each_scope_is_every_record_inside_it_and_no_other()
    {
        var rows = 0L;
        foreach (var line in new[] { "A", "B" })
        {
            foreach (var scope in place.ScopesOf(line))
            {
                var answer = await place.Reading.ReadAsync(
                    Ana, new Request.ReadFlows(scope.Scope.Purpose, scope.Scope.Id, null, null),
                    EvidenceHandler.MaxRows, default);
                Assert.Null(answer.Refused);
                var difference = EvidenceComparison.Compare(
                    place.Records, new IpKey(place.SubjectOf(line).Pseudonym), scope.Scope.Class.Predicate,
                    scope.Scope.FromMs, scope.UntilMs, answer.Rows);
                Assert.Empty(difference.Outside);
                Assert.Empty(difference.Missing);
                Assert.Equal(difference.Expected, answer.Rows.Count);
                Assert.InRange(answer.Rows.Count, Rule(scope) == RuleId.Spam ? 7_000 : 24, 9_000);
                rows += answer.Rows.Count;
            }
        }

        // No row lies in the store that was not just compared.
        Assert.Equal(
            (ulong)rows,
            await place.Store.Client.ScalarAsync<ulong>("SELECT toUInt64(count()) FROM evidence", default));
    }

    [Fact]
    public async Task The_first_line_s_mail_is_refused_and_the_refusal_is_in_the_audit()
    {
        var scope = place.ScopesOf("A").Single().Scope;
        Assert.Contains(place.Records, r => r is { Line: "A", RemotePort: 25, Direction: "out" }
            && r.StartMs >= scope.FromMs && r.StartMs < place.ScopesOf("A").Single().UntilMs);

        foreach (var request in new[]
        {
            new Request.ReadFlows(Purpose.DdosSource, scope.Id, null, Smtp),
            new Request.ReadFlows(Purpose.DdosSource, null, place.SubjectOf("A"), Smtp),
        })
        {
            var answer = await place.Reading.ReadAsync(Ana, request, 100, default);
            Assert.Equal(DenyCode.OutOfScope, answer.Refused?.Code);
            Assert.Empty(answer.Rows);
        }

        var refused = AuditReader.Entries(place.AuditFolder).Where(e => e.Entry.Outcome == "out-of-scope").ToList();
        Assert.Contains(refused, e =>
            e.Entry.Actor == "ana" && e.Entry.Act == AuditActions.ReadEvidence && e.Entry.Scope == scope.Id.ToString());
        Assert.Contains(
            refused, e => e.Entry.Act == AuditActions.Look && e.Entry.Subject == place.SubjectOf("A").ToString());
    }

    [Fact]
    public async Task The_second_line_s_scopes_do_not_open_each_other()
    {
        var flood = place.ScopesOf("B").Single(s => Rule(s) == RuleId.FloodOut).Scope;
        var spam = place.ScopesOf("B").Single(s => Rule(s) == RuleId.Spam).Scope;

        Assert.Equal(DenyCode.OutOfScope, (await ReadAsync(flood, Smtp)).Refused?.Code);
        Assert.Equal(DenyCode.OutOfScope, (await ReadAsync(spam, flood.Class.Predicate)).Refused?.Code);
        Assert.Null((await ReadAsync(spam, spam.Class.Predicate)).Refused);

        Task<EvidenceResult> ReadAsync(Scope scope, FlowPredicate asked) =>
            place.Reading.ReadAsync(Ana, new Request.ReadFlows(scope.Purpose, scope.Id, null, asked), 10, default);
    }

    [Fact]
    public async Task The_administrator_reads_none_of_it()
    {
        var scope = place.ScopesOf("B").First().Scope;
        var answer = await place.Reading.ReadAsync(
            new Actor("root", Role.Administrator), new Request.ReadFlows(scope.Purpose, scope.Id, null, null),
            10, default);

        Assert.Equal(DenyCode.RoleMayNot, answer.Refused?.Code);
        Assert.Empty(answer.Rows);
    }

    private static string Rule(CaseScope scope) => scope.Scope.Trigger.Split('/')[0];
}
