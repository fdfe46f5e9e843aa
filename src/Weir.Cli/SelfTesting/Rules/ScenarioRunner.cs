// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Clients;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Population;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Store.Population;
using Weir.Wire;
using Endpoint = Weir.Contracts.Flows.Endpoint;

namespace Weir.Cli.SelfTesting.Rules;

/// <summary>One example being played: what comes back is held against what the rules want, and against the
/// audit's files.</summary>
internal sealed class ScenarioRunner(RulesTestHost place, CancellationToken cancel)
{
    public const byte Tcp = 6;
    public const byte Udp = 17;

    private readonly List<string> _decisions = [];
    private readonly List<string> _wrong = [];
    private readonly List<(string Act, string Outcome, string Actor)> _due = [];
    private int _entriesBefore;

    public RulesTestHost Place => place;

    public CancellationToken Cancel => cancel;

    public void Begin()
    {
        _decisions.Clear();
        _wrong.Clear();
        _due.Clear();
        _entriesBefore = place.Entries().Count;
    }

    /// <summary>Ends an example: every decision of it must stand in the audit.</summary>
    public RuleCheckResult End(int number, string situation)
    {
        var entries = place.Entries().Skip(_entriesBefore).ToList();
        foreach (var group in _due.GroupBy(d => d))
        {
            var stand = entries.Count(e => (e.Act, e.Outcome, e.Actor) == group.Key);
            Check(stand >= group.Count(), $"the audit has {stand} of {group.Count()} entries {group.Key.Act}/{group.Key.Outcome} of {group.Key.Actor}");
        }

        return new RuleCheckResult(number, situation, [.. _decisions], _wrong.Count == 0, string.Join("; ", _wrong));
    }

    public void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            _wrong.Add(otherwise);
        }
    }

    /// <summary>Asks the policy engine, and wants this answer.</summary>
    public async Task<Decision> DecideAsync(Actor actor, Request request, string wanted)
    {
        var decision = await place.Desk.Engine.DecideAsync(actor, request, cancel);
        Note(actor, request.Act, decision as Decision.Deny, wanted, request.GetType().Name);
        return decision;
    }

    /// <summary>Reads evidence, and wants this answer.</summary>
    public async Task<EvidenceResult> ReadAsync(Actor actor, Request.ReadFlows request, string wanted)
    {
        await place.SettleAsync(cancel);
        var answer = await place.Evidence.ReadAsync(actor, request, 10_000, cancel);
        Note(actor, request.Act, answer.Refused, wanted, "reading");
        return answer;
    }

    public async Task<EvidenceResult> CountAsync(Actor actor, Request.CountFlows request, string wanted)
    {
        await place.SettleAsync(cancel);
        var answer = await place.Evidence.CountAsync(actor, request, cancel);
        Note(actor, request.Act, answer.Refused, wanted, "counting");
        return answer;
    }

    /// <summary>Asks for a fixed report of the population plane, and wants this answer.</summary>
    public async Task<PopulationView?> ReportAsync(
        Actor actor, string name, string? group, PopulationWindow window, Endpoint? endpoint, string wanted)
    {
        var release = await place.Population.QueryAsync(actor, name, group, window.ToString(), endpoint, cancel);
        Note(actor, AuditActions.PopulationReport, release.Refused, wanted, $"{name} {group}");
        return release.View;
    }

    /// <summary>Something that came back otherwise than from the engine.</summary>
    public void Note(Actor actor, string act, Decision.Deny? refused, string wanted, string what)
    {
        var came = refused is null ? AuditActions.Allow : DenyCodes.ToName(refused.Code);
        _decisions.Add(came);
        _due.Add((act, came, actor.Name));
        Check(came == wanted, $"{what}: {came}, {wanted} is due");
    }

    /// <summary>What refused is not the desk, so that nothing of it is due on the desk's record.</summary>
    public void Came(string came, string wanted, string what)
    {
        _decisions.Add(came);
        Check(came == wanted, $"{what}: {came}, {wanted} is due");
    }

    /// <summary>The vault refuses with this word, and does nothing.</summary>
    public async Task VaultRefusesAsync(Func<Task> act, string wanted, string what)
    {
        try
        {
            await act();
            Came(AuditActions.Allow, wanted, what);
        }
        catch (VaultRefusedException refused)
        {
            Came(refused.Word, wanted, what);
        }
    }

    /// <summary>Rows of a scope, all of them inside it, and as many as were sent into it.</summary>
    public void Rows(EvidenceResult answer, CaseScope scope, int sent)
    {
        Check(answer.Rows.Count == sent, $"{answer.Rows.Count} rows came back, {sent} flows were sent into the scope");
        var outside = answer.Rows.Count(row => !scope.Scope.Class.Predicate.Matches(new Flow
        {
            Remote = row.Remote.Address,
            RemotePort = row.Remote.Port,
            Protocol = row.Remote.Protocol,
            PacketsOut = row.PacketsOut,
            PacketsIn = row.PacketsIn,
            StartMs = row.StartMs,
        }));
        Check(outside == 0, $"{outside} rows lie outside the scope");
    }

    public static Request.ReadFlows All(CaseScope scope) => new(scope.Scope.Purpose, scope.Scope.Id, null, null);

    public static FlowPredicate Predicate(
        Direction direction, byte protocol, ushort[] ports, params string[] remotes) =>
            new()
            {
                Direction = direction,
                Protocol = protocol,
                RemotePorts = [.. ports],
                Remotes = [.. remotes.Select(IpKey.Parse)]
            };
}
