// SPDX-License-Identifier: Apache-2.0
//
// The nineteen worked examples of rules.md section 3, played in their order through one running system. A later example
// stands on the scopes of the earlier ones, as in the text; the thirty days of the eighteenth end everything, so
// attacks are tried and the nineteenth is played before them.
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Contracts.Clients;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases.Records;
using Weir.Desk.Complaints;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Plays the examples; each comes as soon as it is known.</summary>
internal sealed partial class RulesSelfTest
{
    private const uint One = 1;
    private const uint Two = 2;
    private const uint Hopping = 3;
    private const string Victim = "203.0.113.9";
    internal const string Cnc = "198.51.100.7";
    private const string Candidate = "192.0.2.80";

    /// <summary>An event is told, and closed: so long after what it is about.</summary>
    private const int Over = 330;

    /// <summary>A window of contacts is closed: so long after the contact.</summary>
    private const int ContactsClosed = 1_230;

    private readonly RulesTestSettings _under;
    private readonly List<Func<ScenarioRunner, Task<string>>> _examples;
    private readonly IReadOnlyList<AttackRow> _attacks;
    private CaseScope? _flood;
    private CaseScope? _contact;

    /// <param name="under">What is shipped, or thresholds and rules under which some example does not come out.</param>
    /// <param name="attacks">Tried on what the examples left standing, before time ends everything.</param>
    public RulesSelfTest(RulesTestSettings under, params IReadOnlyList<AttackRow> attacks) =>
        (_under, _attacks, _examples) = (under, attacks,
    [
        FloodAsync, MailUnderFloodAsync, SpamToo, FewMailsAsync, ContactAsync, WhereElseAsync, ComparisonAsync,
        CandidateAsync, CuriosityAsync, FixedReportAsync, SmallNodeAsync, ComplaintAsync, CleanAsync, HoppingAsync,
        PayloadAsync, PoliceAsync, ResearcherAsync, OverAsync, CoverageAsync,
    ]);

    public async IAsyncEnumerable<RuleCheckResult> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await using var place = new RulesTestHost(_under);
        await place.OpenAsync($"{Cnc}:443", cancel);
        var play = new ScenarioRunner(place, cancel);
        for (var i = 0; i < _examples.Count - 2; i++)
        {
            yield return await PlayAsync(play, i);
        }

        var tried = await TryAsync(play, _attacks);
        var last = await PlayAsync(play, _examples.Count - 1);
        yield return await PlayAsync(play, _examples.Count - 2);
        yield return last;
        foreach (var attack in tried)
        {
            yield return attack;
        }
    }

    private static async Task<List<RuleCheckResult>> TryAsync(ScenarioRunner play, IReadOnlyList<AttackRow> attacks)
    {
        var tried = new List<RuleCheckResult>();
        foreach (var attack in attacks)
        {
            play.Begin();
            _ = await TryAsync(play, async playing =>
            {
                await attack.Play(playing);
                return "";
            });
            tried.Add(play.End(attack.Number, attack.Attack) with { Attacker = attack.Attacker });
        }

        return tried;
    }

    private async Task<RuleCheckResult> PlayAsync(ScenarioRunner play, int index)
    {
        play.Begin();
        var situation = await TryAsync(play, _examples[index]);
        return play.End(index + 1, situation);
    }

    private static async Task<string> TryAsync(ScenarioRunner play, Func<ScenarioRunner, Task<string>> example)
    {
        try
        {
            return await example(play);
        }
        catch (ExpectationFailedException missing)
        {
            play.Check(false, missing.Message);
            return "could not be played to its end";
        }
    }

    private static CaseScope Earlier(CaseScope? scope) =>
        scope ?? throw new ExpectationFailedException("the scope of an earlier example is missing");

    private async Task<string> FloodAsync(ScenarioRunner play)
    {
        play.Place.Send(One, ScenarioRunner.Udp, new(Victim, 7703), 30, packets: 80_000);
        play.Place.Send(One, ScenarioRunner.Udp, new("203.0.113.10", 7703), 10);
        play.Place.Send(One, ScenarioRunner.Udp, new(Victim, 53), 1, afterSeconds: 20);
        play.Place.Send(One, ScenarioRunner.Tcp, new("192.0.2.25", 25), 10);
        await play.Place.PassAsync(Over, play.Cancel);
        _flood = play.Place.ScopeOf(One, Purpose.DdosSource);
        var named = _flood.Scope.Class.Predicate;
        play.Check(
            _flood.Scope.Trigger.StartsWith(RuleId.FloodOut, StringComparison.Ordinal),
            $"it was triggered by {_flood.Scope.Trigger}");
        play.Check(
            named is { Direction: Direction.Out, Protocol: ScenarioRunner.Udp }
                && named.RemotePorts.SequenceEqual([(ushort)7703])
                && named.Remotes.SequenceEqual([IpKey.Parse(Victim)]),
            $"the scope's class is {named}");
        play.Rows(await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(_flood), AuditActions.Allow), _flood, 30);
        await play.DecideAsync(
            RulesTestHost.Olaf,
            new Request.ActOnScope(Purpose.DdosSource, _flood.Scope.Id, ScopeActions.Block, named, RulesTestHost.Ana),
            AuditActions.Allow);
        await play.DecideAsync(
            Actor.Weir, new Request.ActOnScope(Purpose.DdosSource, _flood.Scope.Id, ScopeActions.Notify, named),
            AuditActions.Allow);
        return "a line floods udp/7703: its flood is read, closed and told of";
    }

    private async Task<string> MailUnderFloodAsync(ScenarioRunner play)
    {
        var mail = ScenarioRunner.Predicate(Direction.Out, ScenarioRunner.Tcp, [25]);
        await play.ReadAsync(
            RulesTestHost.Ana, new Request.ReadFlows(Purpose.DdosSource, Earlier(_flood).Scope.Id, null, mail),
            "out-of-scope");
        await play.ReadAsync(
            RulesTestHost.Ana, new Request.ReadFlows(Purpose.SpamSource, null, play.Place.GetPseudonym(One), mail),
            "out-of-scope");
        return "the same customer's SMTP is asked for during the flood";
    }

    private async Task<string> SpamToo(ScenarioRunner play)
    {
        const int seconds = 180;
        play.Place.Mail(One, seconds, eachSecond: 15, servers: 140);
        play.Place.Converse(One, "192.0.2.26", 443, 5);
        await play.Place.PassAsync(seconds + Over, play.Cancel);
        var spam = play.Place.ScopeOf(One, Purpose.SpamSource);
        var answer = await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(spam), AuditActions.Allow);
        play.Check(
            answer.Rows.Count >= 15 * seconds
                && answer.Rows.All(r => r.Remote is { Port: 25, Protocol: ScenarioRunner.Tcp }),
            $"{answer.Rows.Count} rows, not all of tcp/25");
        var flood = await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(Earlier(_flood)), AuditActions.Allow);
        play.Check(
            flood.Rows.Count == 30 && flood.Rows.All(r => r.Remote.Port == 7703), "the flood's scope holds mail");
        await play.ReadAsync(
            RulesTestHost.Ana,
            new Request.ReadFlows(
                Purpose.SpamSource, spam.Scope.Id, null,
                ScenarioRunner.Predicate(Direction.Out, ScenarioRunner.Tcp, [443])),
            "out-of-scope");
        play.Check(play.Place.Desk.Files.Count(f => f.Scopes.Any(s => s.Scope.Id == spam.Scope.Id
            || s.Scope.Id == _flood!.Scope.Id)) == 1, "the two scopes do not stand in one file");
        return "then it spams at line speed: a second scope, apart from the first";
    }

    private async Task<string> FewMailsAsync(ScenarioRunner play)
    {
        play.Place.Send(Two, ScenarioRunner.Udp, new(Victim, 7704), 40, packets: 40_000);
        play.Place.Mail(Two, 3, eachSecond: 4, servers: 3);
        await play.Place.PassAsync(Over, play.Cancel);
        var flood = play.Place.ScopeOf(Two, Purpose.DdosSource);
        play.Check(play.Place.ScopesOf(Two, Purpose.SpamSource).Count == 0, "a dozen mails raised an event");
        await play.ReadAsync(
            RulesTestHost.Ana,
            new Request.ReadFlows(
                Purpose.DdosSource, flood.Scope.Id, null,
                ScenarioRunner.Predicate(Direction.Out, ScenarioRunner.Tcp, [25])),
            "out-of-scope");
        return "a customer under an event sends a few mails, below every trigger";
    }

    private async Task<string> ContactAsync(ScenarioRunner play)
    {
        play.Place.Converse(11, Cnc, 443, 12);
        play.Place.Converse(11, "192.0.2.99", 443, 12);
        await play.Place.PassAsync(ContactsClosed, play.Cancel);
        _contact = play.Place.ScopeOf(11, Purpose.CncContact);
        play.Rows(
            await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(_contact), AuditActions.Allow), _contact, 24);
        await play.DecideAsync(
            RulesTestHost.Olaf,
            new Request.ActOnScope(
                Purpose.CncContact, _contact.Scope.Id, ScopeActions.Block, _contact.Scope.Class.Predicate,
                RulesTestHost.Ana),
            AuditActions.Allow);
        await play.DecideAsync(
            RulesTestHost.Olaf,
            new Request.ActOnScope(
                Purpose.CncContact, _contact.Scope.Id, ScopeActions.Block,
                ScenarioRunner.Predicate(Direction.Both, ScenarioRunner.Tcp, [443]), RulesTestHost.Ana),
            "out-of-scope");
        return "a customer meets a confirmed C&C: that endpoint, and not all of 443";
    }

    private async Task<string> WhereElseAsync(ScenarioRunner play)
    {
        await play.DecideAsync(
            RulesTestHost.Ana, new Request.ListOtherDestinations(Earlier(_contact).Scope.Id), "population-plane-only");
        return "where else does that customer talk to, asked by a person";
    }

    private async Task<string> CandidateAsync(ScenarioRunner play)
    {
        var candidate = new Endpoint(IpKey.Parse("192.0.2.80"), 8443, ScenarioRunner.Tcp);
        foreach (var subject in new uint[] { 21, 22 })
        {
            play.Place.Converse(subject, "192.0.2.80", 8443, 6);
        }

        play.Place.Send(23, ScenarioRunner.Tcp, new("192.0.2.80", 8443), 1);
        await play.Place.PassAsync(Over, play.Cancel);
        await play.DecideAsync(RulesTestHost.Ana, new Request.ListClients(candidate), "population-plane-only");
        await play.DecideAsync(RulesTestHost.Olaf, new Request.RunLookBack(candidate, ""), "population-plane-only");
        await play.DecideAsync(RulesTestHost.Ana, new Request.Promote(candidate), "second-person-needed");
        using var promotion = PromotionScenario.Open(play.Place, candidate);
        var asked = await promotion.RequestAsync(play, candidate);
        await promotion.PromoteAsync(play, candidate, asked);
        await promotion.LookBackAsync(play, candidate, asked, met: [21, 22], others: [23]);
        await play.DecideAsync(RulesTestHost.Ana, new Request.ListClients(candidate), "population-plane-only");
        return "a candidate's clients are asked for; two people promote it, and the machine alone looks back";
    }

    private async Task<string> CuriosityAsync(ScenarioRunner play)
    {
        var told = play.Place.Entries().Count(e => e.Act == AuditActions.TellOfficer);
        for (var i = 0; i < 3; i++)
        {
            await play.DecideAsync(RulesTestHost.Adam, new Request.LookUpSubject(), "no-trigger");
        }

        play.Check(
            play.Place.Entries().Count(e => e.Act == AuditActions.TellOfficer) == told + 1,
            "three refusals did not tell the privacy officer");
        await play.ReadAsync(
            RulesTestHost.Petra,
            new Request.ReadFlows(Purpose.NetworkIntegrity, null, play.Place.GetPseudonym(77), null), "no-trigger");
        return "a name or an address is typed out of curiosity";
    }

    private async Task<string> ComplaintAsync(ScenarioRunner play)
    {
        var intake = new ComplaintIntake(
            new ReporterAuthenticator([new Reporter("peer") { TrustedFolder = true }]), play.Place.Vault,
            new RecentComplaints(), play.Place.Clock);
        var opened = await SubmitComplaintAsync(play, intake, "1", ",\"source_port\":51234", "peer");
        play.Note(
            Actor.Weir, AuditActions.Complaint, Refusal(opened.Outcome), AuditActions.Allow, "complaint with port");
        var scope = opened.Scope is { } id
            ? play.Place.Desk.Files.SelectMany(f => f.Scopes).FirstOrDefault(s => s.Scope.Id == id)
            : null;
        play.Check(
            scope is { Scope.Purpose: Purpose.ComplaintHandling }
                && scope.Scope.ExpiresMs - scope.Scope.FromMs == 600_000,
            "the complaint's scope is not of five minutes around its time");
        if (scope is not null)
        {
            await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(scope), AuditActions.Allow);
            await play.ReadAsync(
                RulesTestHost.Ana,
                new Request.ReadFlows(
                    Purpose.ComplaintHandling, scope.Scope.Id, null,
                    ScenarioRunner.Predicate(Direction.Out, ScenarioRunner.Udp, [7703])),
                "out-of-scope");
        }

        var without = await SubmitComplaintAsync(play, intake, "2", "", "peer");
        play.Note(
            Actor.Weir, AuditActions.Complaint, Refusal(without.Outcome), "unattributable", "complaint without port");
        play.Check(without.Scope is null, "a complaint without port opened a scope");
        var unknown = await SubmitComplaintAsync(play, intake, "3", ",\"source_port\":51234", "");
        play.Note(
            Actor.Weir, AuditActions.Complaint, Refusal(unknown.Outcome), "not-authenticated", "complaint of nobody");
        return "a peer complains of a shared address with its port, without it, and unsigned";
    }

    private async Task<string> CleanAsync(ScenarioRunner play)
    {
        await play.Place.Desk.CloseAsync(
            RulesTestHost.Ana, Earlier(_contact).Scope.Case, CaseClosureReason.Fixed, "cleaned up", play.Cancel);
        var check =
            play.Place.Desk.Find(_contact!.Scope.Case)!.Scopes.First(s => s.Scope.Purpose == Purpose.RemediationCheck);
        play.Check(
            check.Scope.Class == _contact.Scope.Class && check.Scope.ExpiresMs - check.Scope.FromMs == 14 * 86_400_000L,
            "the check is not the contact's class for fourteen days");
        var count = await play.CountAsync(
            RulesTestHost.Ana, new Request.CountFlows(Purpose.RemediationCheck, check.Scope.Id), AuditActions.Allow);
        play.Check(count.Total == 0, $"{count.Total} contacts are counted after the clean-up, none was sent");
        play.Place.Converse(11, Cnc, 443, 2);
        await play.Place.PassAsync(60, play.Cancel);
        var again = await play.CountAsync(
            RulesTestHost.Ana, new Request.CountFlows(Purpose.RemediationCheck, check.Scope.Id), AuditActions.Allow);
        play.Check(again.Total == 4, $"{again.Total} flows are counted, 4 were sent");
        await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(check), "action-not-allowed");
        return "is the customer clean: a boolean and a count, no rows";
    }

    private async Task<string> HoppingAsync(ScenarioRunner play)
    {
        for (ushort port = 7001; port <= 7010; port++)
        {
            play.Place.Send(Hopping, ScenarioRunner.Udp, new(Victim, port), 40, packets: 60_000);
            await play.Place.PassAsync(Over, play.Cancel);
        }

        var scopes = play.Place.ScopesOf(Hopping, Purpose.DdosSource);
        var classes = scopes.Select(s => s.Scope.Class.Predicate).ToList();
        play.Check(scopes.Count > 1, $"ten hops opened {scopes.Count} scopes");
        play.Check(classes.All(c => c.Protocol == ScenarioRunner.Udp && c.Remotes.SequenceEqual([IpKey.Parse(Victim)])
            && c.RemotePorts.Length <= TrafficClass.MaxPorts), "a scope names more than the victim and eight ports");
        play.Check(classes.Any(c => c.RemotePorts.IsEmpty), "ten hops did not end in a scope of the victim's address");
        play.Check(scopes.Count(s => s.State == ScopeState.Open) <= 5, "more than five scopes are open");
        await play.DecideAsync(
            RulesTestHost.Ana,
            new Request.WidenScope(
                play.Place.ScopeOf(Hopping, Purpose.DdosSource).Scope.Id,
                ScenarioRunner.Predicate(Direction.Out, ScenarioRunner.Udp, [])),
            "too-wide");
        return "the attack hops ports: further scopes, then the victim's address, never all of udp";
    }

    private async Task<string> PayloadAsync(ScenarioRunner play)
    {
        await play.ReadAsync(
            RulesTestHost.Ana, ScenarioRunner.All(Earlier(_flood)) with { Uncollected = "payload, url, dns" },
            "field-not-collected");
        return "mail body, URL and DNS name are wanted as evidence";
    }

    private async Task<string> PoliceAsync(ScenarioRunner play)
    {
        await play.DecideAsync(RulesTestHost.Petra, new Request.AuthorityRequest(), "legal-process");
        return "an authority wants a customer's flows of last month";
    }

    private async Task<string> OverAsync(ScenarioRunner play)
    {
        var file = play.Place.Desk.Find(Earlier(_flood).Scope.Case)!;
        await play.Place.Desk.RunOnceAsync(play.Cancel);
        play.Check(play.Place.Desk.Find(file.Id)!.IsSealed, "the subject is not sealed in the vault");
        var asked = await play.Place.Disclosures.RequestAsync(
            RulesTestHost.Ana, file.Id, _flood!.Scope.Id, "mail to the customer comes back; to be called by the desk",
            play.Cancel);
        var number = asked.Asked!.Number;
        await play.Place.People.SignAsync(play.Place.Desk, number, [RulesTestHost.Ana], play.Cancel);
        var alone = await play.Place.Disclosures.ApproveAsync(RulesTestHost.Petra, number, play.Cancel);
        play.Note(
            RulesTestHost.Petra, AuditActions.Disclose, alone.Refused, "second-person-needed", "disclosing by one key");
        await play.Place.People.SignAsync(play.Place.Desk, number, [RulesTestHost.Petra], play.Cancel);
        var given = await play.Place.Disclosures.ApproveAsync(RulesTestHost.Petra, number, play.Cancel);
        play.Check(
            given.Shown?.Line.Contains(RulesTestHost.Line(One).ToString(), StringComparison.Ordinal) == true,
            $"the vault did not disclose the line before: {given.Refused?.Why}");
        await play.Place.Desk.CloseAsync(RulesTestHost.Ana, file.Id, CaseClosureReason.Fixed, "over", play.Cancel);
        play.Check(
            (await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(_flood), AuditActions.Allow)).Rows.Count == 30,
            "a closed case's evidence was gone before its time");
        play.Place.Remembered = play.Place.Desk.FindOrder(_flood.Scope.Id);
        play.Place.Clock.Advance(TimeSpan.FromDays(30.1));
        await play.Place.Desk.RunOnceAsync(play.Cancel);
        await play.ReadAsync(RulesTestHost.Ana, ScenarioRunner.All(_flood), "expired");
        play.Check(
            play.Place.Desk.Find(file.Id) is { State: CaseState.Erased } erased && erased.Subject == default,
            "the case still knows its subject");
        var entries = play.Place.Entries();
        play.Check(
            entries.Any(e => e.Act == AuditActions.EraseEvidence && e.Scope == _flood.Scope.Id.ToString())
                && entries.Any(e => e.Act == AuditActions.KeyErased && e.Case == file.Id.ToString()),
            "the audit lacks the erasure");
        await KeyIsGoneAsync(play, file.Id);
        return "the incident is over: thirty days later evidence and key are gone";
    }

    /// <summary>Past the desk, straight to the vault: whose case it was cannot be told any more.</summary>
    private async Task KeyIsGoneAsync(ScenarioRunner play, CaseId id)
    {
        try
        {
            await play.Place.Vault.DiscloseAsync(
                new DisclosureOrder(
                    id, _flood!.Scope.Id, "ana", "analyst", "petra", "privacy-officer",
                    "after the erasure nobody may be told any more", "a-ffffffffffffffff"),
                play.Cancel);
            play.Check(false, "the vault still opens the erased case");
        }
        catch (VaultRefusedException refused)
        {
            play.Check(refused.Code == DenyCode.Unknown, $"the vault refuses with {DenyCodes.ToName(refused.Code)}");
        }
    }

    private static async Task<(ComplaintOutcome Outcome, ScopeId? Scope)> SubmitComplaintAsync(
        ScenarioRunner play, ComplaintIntake intake, string id, string port, string channel)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(play.Place.Now)
            .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var text = $$"""
            {"xarf_version":"4.2.0","report_id":"{{id}}","timestamp":"{{at}}","reporter":{"org":"Peer","contact":"abuse@peer.example","domain":"peer.example"},
             "category":"connection","type":"ddos","source_identifier":"{{PortBlockFixture.Shared}}"{{port}},"destination_ip":"{{Victim}}","destination_port":80,"protocol":"udp","first_seen":"{{at}}"}
            """;
        var receipt = await intake.ReceiveAsync(
            new ComplaintFile(Encoding.UTF8.GetBytes(text)) { Channel = channel }, play.Cancel);
        var outcome = receipt.Outcomes.Count > 0 ? receipt.Outcomes[0] : new ComplaintOutcome(
            null, null, DenyCode.NoTrigger, receipt.Faults.Count > 0 ? receipt.Faults[0].Why : "no outcome");
        return (outcome, await ComplaintHandler.OpenAsync(
            play.Place.Desk, play.Place.Audit, receipt, outcome, play.Cancel));
    }

    private static Decision.Deny? Refusal(ComplaintOutcome outcome) =>
        outcome.Refusal is { } code ? new Decision.Deny(code, outcome.Why) : null;
}
