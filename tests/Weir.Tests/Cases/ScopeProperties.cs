// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Desk.Cases;
using Weir.Desk.Policy;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>Properties (a) to (c) of rules.md section 3, over random traffic, events and requests.</summary>
public sealed class ScopeProperties
{
    private static readonly string[] Remotes = ["203.0.113.9", "203.0.113.10", "198.51.100.7"];
    private static readonly ushort[] Ports = [25, 443, 7703];

    [Fact]
    public void What_is_read_lies_inside_its_scope_and_without_an_event_nothing_is() =>
        Prop.ForAll<int>(seed => PlayAsync(new Random(seed)).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(1, 3));

    private static async Task<bool> PlayAsync(Random random)
    {
        await using var place = await OpenAsync();
        var withEvent = new HashSet<SubjectKey>();
        for (var i = 1; i <= random.Next(0, 8); i++)
        {
            var subject = (uint)random.Next(1, 4);
            var from = Start + random.Next(0, 3_600_000);
            await place.HandleAsync(Event(
                (ulong)i, subject, RuleId.FloodOut, RandomClass(random), from, from + random.Next(0, 600_000),
                EventPhase.Closed));
            withEvent.Add(Subject(subject));
        }

        for (var i = 0; i < 300; i++)
        {
            place.Evidence.Offer(place.Shards, RandomFlow(random));
        }

        var desk = new EvidenceHandler(place.Desk.Engine, place.Desk.Scopes, place.Evidence, place.Audit);
        var role = (Role)random.Next(1, 7);
        var good = true;
        for (var i = 0; i < 40; i++)
        {
            good &= await ReadAsync(place, desk, new Actor("somebody", role), withEvent, random);
        }

        return good;
    }

    private static async Task<bool> ReadAsync(
        CaseHandlerFixture place, EvidenceHandler desk, Actor actor, HashSet<SubjectKey> withEvent, Random random)
    {
        var scopes = place.Scopes.ToList();
        var subject = Subject((uint)random.Next(1, 5));
        ScopeId? scope = scopes.Count > 0 && random.Next(2) == 0 ? scopes[random.Next(scopes.Count)].Scope.Id : null;
        FlowPredicate? predicate = random.Next(2) == 0 ? null : RandomPredicate(random);
        long? from = random.Next(3) == 0 ? Start + random.Next(-600_000, 3_600_000) : null;
        var answer = await desk.ReadAsync(
            actor, new Request.ReadFlows(Purpose.DdosSource, scope, subject, predicate, from), 1_000,
            CancellationToken.None);
        if (answer.Refused is not null)
        {
            return answer.Rows.Count == 0;
        }

        var granted = scopes.Single(s => s.Scope.Id == answer.Filter!.Scope);
        var mayRead = Roles.May(actor.Role, Permission.ReadEvidence)
            && withEvent.Contains(granted.Scope.Subject) && (scope is not null || granted.Scope.Subject == subject);
        return mayRead && answer.Rows.All(row =>
            row.Scope == granted.Scope.Id && row.StartMs >= granted.Scope.FromMs && row.StartMs < granted.UntilMs
            && granted.Scope.Class.Predicate.Matches(FlowOf(row))
            && (predicate is null || predicate.Matches(FlowOf(row))));
    }

    private static TrafficClass RandomClass(Random random)
    {
        var predicate = RandomPredicate(random);
        return new TrafficClass(predicate with
        {
            Protocol = predicate.Protocol == 0 ? Udp : predicate.Protocol,
            RemotePorts = predicate.RemotePorts.IsEmpty && predicate.Remotes.IsEmpty ? [7703] : predicate.RemotePorts
        });
    }

    private static FlowPredicate RandomPredicate(Random random) => new()
    {
        Direction = (Direction)random.Next(1, 4),
        Protocol = ((byte[])[0, Tcp, Udp])[random.Next(3)],
        RemotePorts = [.. Ports.Where(_ => random.Next(3) == 0)],
        Remotes = [.. Remotes.Where(_ => random.Next(3) == 0).Select(Address)],
    };

    private static Flow RandomFlow(Random random) => new()
    {
        Subject = new(Subject((uint)random.Next(1, 5)).Pseudonym),
        Remote = Address(Remotes[random.Next(3)]),
        RemotePort = Ports[random.Next(3)],
        Protocol = random.Next(2) == 0 ? Tcp : Udp,
        PacketsOut = (ulong)random.Next(2),
        PacketsIn = (ulong)random.Next(2),
        StartMs = Start + random.Next(-600_000, 7_200_000),
    };

    private static Flow FlowOf(EvidenceRow row) => new()
    {
        Remote = row.Remote.Address,
        RemotePort = row.Remote.Port,
        Protocol = row.Remote.Protocol,
        PacketsOut = row.PacketsOut,
        PacketsIn = row.PacketsIn,
        StartMs = row.StartMs,
    };
}
