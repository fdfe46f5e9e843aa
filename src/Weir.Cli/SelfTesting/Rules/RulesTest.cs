// SPDX-License-Identifier: Apache-2.0
//
// The eighteen worked examples of rules.md section 3, played in their order through one running system. A later example
// stands on the scopes of the earlier ones, as in the text.
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Auditing;
using Weir.Cases;
using Weir.Cases.Complaints;
using Weir.Deciding;
using Weir.Detecting;
using Weir.Flows;
using Weir.Wire;
using Endpoint = Weir.Flows.Endpoint;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>Plays the examples; each comes as soon as it is known.</summary>
internal sealed class RulesTest
{
    private const uint One = 1;
    private const uint Two = 2;
    private const uint Hopping = 3;
    private const string Victim = "203.0.113.9";
    private const string Cnc = "198.51.100.7";

    private readonly List<Func<RulesPlay, Task<string>>> _examples;
    private ScopeFile? _flood;
    private ScopeFile? _contact;

    public RulesTest() => _examples =
    [
        FloodAsync, MailUnderFloodAsync, SpamToo, FewMailsAsync, ContactAsync, WhereElseAsync, ComparisonAsync, CandidateAsync, CuriosityAsync,
        FixedReportAsync, SmallNodeAsync, ComplaintAsync, CleanAsync, HoppingAsync, PayloadAsync, PoliceAsync, ResearcherAsync, OverAsync,
    ];

    public async IAsyncEnumerable<RuleCheck> RunAsync([EnumeratorCancellation] CancellationToken cancel)
    {
        await using var place = new RulesPlace();
        await place.OpenAsync(cancel);
        var play = new RulesPlay(place, cancel);
        for (var i = 0; i < _examples.Count; i++)
        {
            play.Begin();
            var situation = await _examples[i](play);
            yield return play.End(i + 1, situation);
        }
    }

    private async Task<string> FloodAsync(RulesPlay play)
    {
        play.Place.Send(One, RulesPlay.Udp, Victim, 7703, 30);
        play.Place.Send(One, RulesPlay.Udp, "203.0.113.10", 7703, 10);
        play.Place.Send(One, RulesPlay.Udp, Victim, 53, 10);
        play.Place.Send(One, RulesPlay.Tcp, "192.0.2.25", 25, 10);
        _flood = await play.Place.RaiseAsync(1, One, RuleNames.FloodOut, RulesPlay.Class(Direction.Out, RulesPlay.Udp, [7703], Victim), 30, play.Cancel);
        play.Check(_flood.Scope.Purpose == Purpose.DdosSource, "the scope is for another purpose");
        play.Rows(await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(_flood), Acts.Allow), _flood, 30);
        var named = _flood.Scope.Class.Predicate;
        await play.AskAsync(RulesPlace.Olaf, new Request.ActOnScope(Purpose.DdosSource, _flood.Scope.Id, ScopeActions.Block, named, RulesPlace.Ana), Acts.Allow);
        await play.AskAsync(Actor.Weir, new Request.ActOnScope(Purpose.DdosSource, _flood.Scope.Id, ScopeActions.Notify, named), Acts.Allow);
        return "a line floods udp/7703: its flood is read, closed and told of";
    }

    private async Task<string> MailUnderFloodAsync(RulesPlay play)
    {
        var mail = RulesPlay.Predicate(Direction.Out, RulesPlay.Tcp, [25]);
        await play.ReadAsync(RulesPlace.Ana, new Request.ReadFlows(Purpose.DdosSource, _flood!.Scope.Id, null, mail), "out-of-scope");
        await play.ReadAsync(RulesPlace.Ana, new Request.ReadFlows(Purpose.SpamSource, null, play.Place.Name(One), mail), "out-of-scope");
        return "the same customer's SMTP is asked for during the flood";
    }

    private async Task<string> SpamToo(RulesPlay play)
    {
        var from = play.Place.Start + 120_000;
        play.Place.Send(One, RulesPlay.Tcp, "192.0.2.26", 25, 40, from);
        play.Place.Send(One, RulesPlay.Tcp, "192.0.2.26", 443, 5, from);
        var spam = await play.Place.RaiseAsync(2, One, RuleNames.Spam, RulesPlay.Class(Direction.Out, RulesPlay.Tcp, [25]), 40, play.Cancel, from);
        var answer = await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(spam), Acts.Allow);
        play.Check(answer.Rows.Count >= 40 && answer.Rows.All(r => r.Remote is { Port: 25, Protocol: RulesPlay.Tcp }), $"{answer.Rows.Count} rows, not all of tcp/25");
        var flood = await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(_flood!), Acts.Allow);
        play.Check(flood.Rows.All(r => r.Remote.Port == 7703), "the flood's scope holds mail");
        await play.ReadAsync(RulesPlace.Ana, new Request.ReadFlows(Purpose.SpamSource, spam.Scope.Id, null, RulesPlay.Predicate(Direction.Out, RulesPlay.Tcp, [443])), "out-of-scope");
        play.Check(play.Place.Desk.Files.Count(f => f.Scopes.Any(s => s.Scope.Id == spam.Scope.Id || s.Scope.Id == _flood!.Scope.Id)) == 1, "the two scopes do not stand in one file");
        return "then it spams at line speed: a second scope, apart from the first";
    }

    private async Task<string> FewMailsAsync(RulesPlay play)
    {
        play.Place.Send(Two, RulesPlay.Udp, Victim, 7704, 10);
        var flood = await play.Place.RaiseAsync(4, Two, RuleNames.FloodOut, RulesPlay.Class(Direction.Out, RulesPlay.Udp, [7704], Victim), 10, play.Cancel);
        play.Place.Send(Two, RulesPlay.Tcp, "192.0.2.25", 25, 3);
        await play.ReadAsync(RulesPlace.Ana, new Request.ReadFlows(Purpose.DdosSource, flood.Scope.Id, null, RulesPlay.Predicate(Direction.Out, RulesPlay.Tcp, [25])), "out-of-scope");
        return "a customer under an event sends a few mails, below every trigger";
    }

    private async Task<string> ContactAsync(RulesPlay play)
    {
        var from = play.Place.Start + 60_000;
        play.Place.Send(11, RulesPlay.Tcp, Cnc, 443, 12, from);
        play.Place.Send(11, RulesPlay.Tcp, "192.0.2.99", 443, 12, from);
        _contact = await play.Place.RaiseAsync(5, 11, RuleNames.CncContact, RulesPlay.Class(Direction.Both, RulesPlay.Tcp, [443], Cnc), 12, play.Cancel, from);
        play.Rows(await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(_contact), Acts.Allow), _contact, 12);
        await play.AskAsync(RulesPlace.Olaf, new Request.ActOnScope(Purpose.CncContact, _contact.Scope.Id, ScopeActions.Block, _contact.Scope.Class.Predicate, RulesPlace.Ana), Acts.Allow);
        await play.AskAsync(RulesPlace.Olaf, new Request.ActOnScope(Purpose.CncContact, _contact.Scope.Id, ScopeActions.Block, RulesPlay.Predicate(Direction.Both, RulesPlay.Tcp, [443]), RulesPlace.Ana), "out-of-scope");
        return "a customer meets a confirmed C&C: that endpoint, and not all of 443";
    }

    private async Task<string> WhereElseAsync(RulesPlay play)
    {
        await play.AskAsync(RulesPlace.Ana, new Request.WhereElse(_contact!.Scope.Id), "population-plane-only");
        return "where else does that customer talk to, asked by a person";
    }

    private async Task<string> ComparisonAsync(RulesPlay play)
    {
        var scopes = play.Place.Desk.Files.Sum(f => f.Scopes.Length);
        await play.AskAsync(Actor.Weir, new Request.Compare(), Acts.Allow);
        await play.AskAsync(RulesPlace.Ana, new Request.Compare(), "role-may-not");
        play.Check(play.Place.Desk.Files.Sum(f => f.Scopes.Length) == scopes, "a comparison opened a scope");
        return "the engine asks the same of all cases: the machine alone, and no scope opens";
    }

    private async Task<string> CandidateAsync(RulesPlay play)
    {
        var candidate = new Endpoint(IpKey.Parse("192.0.2.80"), 8443, RulesPlay.Tcp);
        foreach (var subject in new uint[] { 21, 22 })
        {
            play.Place.Send(subject, RulesPlay.Tcp, "192.0.2.80", 8443, 6);
            play.Place.Answer(subject, RulesPlay.Tcp, "192.0.2.80", 8443, 6, play.Place.Start);
        }

        play.Place.Send(23, RulesPlay.Tcp, "192.0.2.80", 8443, 1);
        await play.Place.SettleAsync(play.Cancel);
        await play.AskAsync(RulesPlace.Ana, new Request.ListClients(candidate), "population-plane-only");
        await play.AskAsync(RulesPlace.Olaf, new Request.LookBack(candidate, ""), "population-plane-only");
        await play.AskAsync(RulesPlace.Ana, new Request.Promote(candidate), "second-person-needed");
        using var promotion = PromotionPlay.Open(play.Place, candidate);
        var asked = await promotion.AskAsync(play, candidate);
        await promotion.PromoteAsync(play, candidate, asked);
        await promotion.LookBackAsync(play, candidate, asked, met: [21, 22], others: [23]);
        await play.AskAsync(RulesPlace.Ana, new Request.ListClients(candidate), "population-plane-only");
        return "a candidate's clients are asked for; two people promote it, and the machine alone looks back";
    }

    private async Task<string> CuriosityAsync(RulesPlay play)
    {
        var told = play.Place.Entries().Count(e => e.Act == Acts.TellOfficer);
        for (var i = 0; i < 3; i++)
        {
            await play.AskAsync(RulesPlace.Adam, new Request.LookUpSubject(), "no-trigger");
        }

        play.Check(play.Place.Entries().Count(e => e.Act == Acts.TellOfficer) == told + 1, "three refusals did not tell the privacy officer");
        await play.ReadAsync(RulesPlace.Petra, new Request.ReadFlows(Purpose.NetworkIntegrity, null, play.Place.Name(77), null), "no-trigger");
        return "a name or an address is typed out of curiosity";
    }

    private async Task<string> FixedReportAsync(RulesPlay play)
    {
        await play.AskAsync(RulesPlace.Ana, new Request.PopulationReport("top-ports", 7_500), Acts.Allow);
        await play.AskAsync(RulesPlace.Ana, new Request.PopulationReport("contacts", 7_500, 4), "below-k");
        return "a fixed report of thousands; a cell of four";
    }

    private async Task<string> SmallNodeAsync(RulesPlay play)
    {
        await play.AskAsync(RulesPlace.Ana, new Request.PopulationReport("top-ports", 60), "population-too-small");
        return "the same of an access node with sixty lines";
    }

    private async Task<string> ComplaintAsync(RulesPlay play)
    {
        var intake = new ComplaintIntake(new Reporters([new Reporter("peer") { TrustedFolder = true }]), play.Place.Vault, new RecentComplaints(), play.Place.Clock);
        var opened = await TakeAsync(play, intake, "1", ",\"source_port\":51234", "peer");
        play.Note(Actor.Weir, Acts.Complaint, Refusal(opened.Outcome), Acts.Allow, "complaint with port");
        var scope = opened.Scope is { } id ? play.Place.Desk.Files.SelectMany(f => f.Scopes).FirstOrDefault(s => s.Scope.Id == id) : null;
        play.Check(scope is { Scope.Purpose: Purpose.ComplaintHandling } && scope.Scope.ExpiresMs - scope.Scope.FromMs == 600_000, "the complaint's scope is not of five minutes around its time");
        if (scope is not null)
        {
            await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(scope), Acts.Allow);
            await play.ReadAsync(RulesPlace.Ana, new Request.ReadFlows(Purpose.ComplaintHandling, scope.Scope.Id, null, RulesPlay.Predicate(Direction.Out, RulesPlay.Udp, [7703])), "out-of-scope");
        }

        var without = await TakeAsync(play, intake, "2", "", "peer");
        play.Note(Actor.Weir, Acts.Complaint, Refusal(without.Outcome), "unattributable", "complaint without port");
        play.Check(without.Scope is null, "a complaint without port opened a scope");
        var unknown = await TakeAsync(play, intake, "3", ",\"source_port\":51234", "");
        play.Note(Actor.Weir, Acts.Complaint, Refusal(unknown.Outcome), "not-authenticated", "complaint of nobody");
        return "a peer complains of a shared address with its port, without it, and unsigned";
    }

    private async Task<string> CleanAsync(RulesPlay play)
    {
        await play.Place.Desk.CloseAsync(RulesPlace.Ana, _contact!.Scope.Case, CaseVerdict.Fixed, "cleaned up", play.Cancel);
        var check = play.Place.Desk.Find(_contact.Scope.Case)!.Scopes.First(s => s.Scope.Purpose == Purpose.RemediationCheck);
        play.Check(check.Scope.Class == _contact.Scope.Class && check.Scope.ExpiresMs - check.Scope.FromMs == 14 * 86_400_000L, "the check is not the contact's class for fourteen days");
        var count = await play.CountAsync(RulesPlace.Ana, new Request.CountFlows(Purpose.RemediationCheck, check.Scope.Id), Acts.Allow);
        play.Check(count.Total == 0, $"{count.Total} contacts are counted after the clean-up, none was sent");
        play.Place.Send(11, RulesPlay.Tcp, Cnc, 443, 4, check.Scope.FromMs + 1_000);
        var again = await play.CountAsync(RulesPlace.Ana, new Request.CountFlows(Purpose.RemediationCheck, check.Scope.Id), Acts.Allow);
        play.Check(again.Total == 4, $"{again.Total} contacts are counted, 4 were sent");
        await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(check), "action-not-allowed");
        return "is the customer clean: a boolean and a count, no rows";
    }

    private async Task<string> HoppingAsync(RulesPlay play)
    {
        for (ushort port = 7001; port <= 7010; port++)
        {
            await play.Place.RaiseAsync(1_000UL + port, Hopping, RuleNames.FloodOut, RulesPlay.Class(Direction.Out, RulesPlay.Udp, [port], Victim), 5, play.Cancel).ContinueWith(_ => { }, play.Cancel, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        var scopes = play.Place.Desk.Files.First(f => f.Subject == play.Place.Name(Hopping)).Scopes;
        var classes = scopes.Select(s => s.Scope.Class.Predicate).ToList();
        play.Check(classes.All(c => c.Protocol == RulesPlay.Udp && c.Remotes.SequenceEqual([IpKey.Parse(Victim)]) && c.RemotePorts.Length <= TrafficClass.MaxPorts), "a scope names more than the victim and eight ports");
        play.Check(classes.Any(c => c.RemotePorts.IsEmpty), "ten hops did not end in a scope of the victim's address");
        play.Check(scopes.Count(s => s.State == ScopeState.Open) <= 5, "more than five scopes are open");
        await play.AskAsync(RulesPlace.Ana, new Request.Widen(scopes[0].Scope.Id, RulesPlay.Predicate(Direction.Out, RulesPlay.Udp, [])), "too-wide");
        return "the attack hops ports: further scopes, then the victim's address, never all of udp";
    }

    private async Task<string> PayloadAsync(RulesPlay play)
    {
        await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(_flood!) with { Uncollected = "payload, url, dns" }, "field-not-collected");
        return "mail body, URL and DNS name are wanted as evidence";
    }

    private async Task<string> PoliceAsync(RulesPlay play)
    {
        await play.AskAsync(RulesPlace.Petra, new Request.AuthorityRequest(), "legal-process");
        return "an authority wants a customer's flows of last month";
    }

    private async Task<string> ResearcherAsync(RulesPlay play)
    {
        await play.AskAsync(RulesPlace.Petra, new Request.Export(Pairs: false), Acts.Allow);
        await play.AskAsync(RulesPlace.Petra, new Request.Export(Pairs: true), "aggregates-only");
        return "a researcher wants an export";
    }

    private async Task<string> OverAsync(RulesPlay play)
    {
        var file = play.Place.Desk.Find(_flood!.Scope.Case)!;
        await play.Place.Desk.KeepAsync(play.Cancel);
        play.Check(play.Place.Desk.Find(file.Id)!.IsSealed, "the subject is not sealed in the vault");
        var asked = await play.Place.Disclosures.AskAsync(RulesPlace.Ana, file.Id, _flood.Scope.Id, "mail to the customer comes back; to be called by the desk", play.Cancel);
        var given = await play.Place.Disclosures.GiveAsync(RulesPlace.Petra, asked.Asked!.Number, play.Cancel);
        play.Check(given.Shown?.Line.Contains(RulesPlace.Line(One).ToString(), StringComparison.Ordinal) == true, $"the vault did not disclose the line before: {given.Refused?.Why}");
        await play.Place.Desk.CloseAsync(RulesPlace.Ana, file.Id, CaseVerdict.Fixed, "over", play.Cancel);
        play.Check((await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(_flood), Acts.Allow)).Rows.Count == 30, "a closed case's evidence was gone before its time");
        play.Place.Clock.Advance(TimeSpan.FromDays(30.1));
        await play.Place.Desk.KeepAsync(play.Cancel);
        await play.ReadAsync(RulesPlace.Ana, RulesPlay.All(_flood), "expired");
        play.Check(play.Place.Desk.Find(file.Id) is { State: CaseState.Erased } erased && erased.Subject == default, "the case still knows its subject");
        var entries = play.Place.Entries();
        play.Check(entries.Any(e => e.Act == Acts.EraseEvidence && e.Scope == _flood.Scope.Id.ToString()) && entries.Any(e => e.Act == Acts.KeyErased && e.Case == file.Id.ToString()), "the audit lacks the erasure");
        await KeyIsGoneAsync(play, file.Id);
        return "the incident is over: thirty days later evidence and key are gone";
    }

    /// <summary>Past the desk, straight to the vault: whose case it was cannot be told any more.</summary>
    private async Task KeyIsGoneAsync(RulesPlay play, CaseId id)
    {
        try
        {
            await play.Place.Vault.DiscloseAsync(new DisclosureOrder(id, _flood!.Scope.Id, "ana", "analyst", "petra", "privacy-officer", "after the erasure nobody may be told any more", "a-ffffffffffffffff"), play.Cancel);
            play.Check(false, "the vault still opens the erased case");
        }
        catch (VaultRefusedException refused)
        {
            play.Check(refused.Code == DenyCode.Unknown, $"the vault refuses with {DenyCodes.Word(refused.Code)}");
        }
    }

    private static async Task<(ComplaintOutcome Outcome, ScopeId? Scope)> TakeAsync(RulesPlay play, ComplaintIntake intake, string id, string port, string channel)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(play.Place.Start).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        var text = $$"""
            {"xarf_version":"4.2.0","report_id":"{{id}}","timestamp":"{{at}}","reporter":{"org":"Peer","contact":"abuse@peer.example","domain":"peer.example"},
             "category":"connection","type":"ddos","source_identifier":"{{OneBlock.Shared}}"{{port}},"destination_ip":"{{Victim}}","destination_port":80,"protocol":"udp","first_seen":"{{at}}"}
            """;
        var receipt = await intake.TakeAsync(new ComplaintFile(Encoding.UTF8.GetBytes(text)) { Channel = channel }, play.Cancel);
        var outcome = receipt.Outcomes.Count > 0 ? receipt.Outcomes[0] : new ComplaintOutcome(null, null, DenyCode.NoTrigger, receipt.Faults.Count > 0 ? receipt.Faults[0].Why : "no outcome");
        return (outcome, await play.Place.Desk.TakeAsync(receipt, outcome, play.Cancel));
    }

    private static Decision.Deny? Refusal(ComplaintOutcome outcome) => outcome.Refusal is { } code ? new Decision.Deny(code, outcome.Why) : null;
}
