// SPDX-License-Identifier: Apache-2.0
//
// Properties (a) to (c) of rules.md section 3 where they have to hold: in the engine's answers, behind shards, ring,
// spool, records and audit. What has to come is computed from all flows by the rules alone.
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Desk.Cases.Records;
using Weir.Desk.Policy;
using Weir.Tests.Digesting;
using Weir.Tests.Store;
using Weir.Wire;
using static Weir.Tests.Cases.CaseHandlerFixture;

namespace Weir.Tests.Cases;

/// <summary>Random traffic, events, forgeries and requests against the real individual plane.</summary>
public sealed class RealScopeProperties(Engines engines) : IClassFixture<Engines>
{
    private const int Subjects = 6;
    private const long From = RandomFlows.Noon;

    /// <summary>Longer than a scope lasts by itself, so that one that slides asks the ring for more.</summary>
    private const long Until = From + 2_400_000;

    private int _rows;
    private int _refused;
    private ulong _plays;

    [Fact]
    public void What_is_read_is_what_lies_in_its_scope_once_and_without_an_event_nothing_is_read()
    {
        var store = engines.Get(Engine.Embedded);
        Prop.ForAll<int>(seed => PlayAsync(new Random(seed), store).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(30).WithReplay(1, 3));
        Assert.True(
            _rows > 1_000 && _refused > 100,
            $"{_rows} rows were read and {_refused} requests refused: too few to prove anything");
    }

    private async Task<bool> PlayAsync(Random random, Weir.Store.Engine.FlowStore store)
    {
        await using var place = await RealStoreFixture.OpenAsync(store, From);
        Flow[] flows = [.. Enumerable.Range(0, 900).Select(_ => RandomFlows.One(random, From, Until, Subjects))];
        place.Send(flows.AsSpan(0, 300));
        var withEvent = new HashSet<SubjectKey>();
        // The engine is the same for all: no event is another's of a play before.
        var first = _plays++ << 8;
        var forged = 0;
        for (var i = 1; i <= 6; i++)
        {
            var made = EventOf(random, first + (ulong)i);
            Envelope Grown() => place.Keys.Sign(
                made with { Phase = EventPhase.Grown, UntilMs = made.UntilMs + random.Next(0, 900_000) });
            if (random.Next(3) == 0)
            {
                // Signed by somebody else, or signed for other words.
                await place.HandleAsync(random.Next(2) == 0
                    ? new TestKeys().Sign(made)
                    : Forged(place.Keys.Sign(made), place.Keys.Sign(made with { Number = 99 })));
                forged++;
            }
            else
            {
                await place.HandleAsync(place.Keys.Sign(made));
                withEvent.Add(made.Subject);
            }

            place.Send(flows.AsSpan(300 + ((i - 1) * 90), 90));
            if (withEvent.Contains(made.Subject) && place.Scopes.Any(scope => scope.Event == made.Number))
            {
                await place.HandleAsync(Grown());
            }
        }

        place.Send(flows.AsSpan(840));
        await place.SettleAsync();
        var good = place.Desk.Refused == forged && place.Desk.Files.All(file => withEvent.Contains(file.Subject));
        var actor = new Actor("somebody", random.Next(3) > 0 ? Role.Analyst : (Role)random.Next(1, 7));
        foreach (var scope in place.Scopes.ToList())
        {
            good &= await ReadAsync(
                place, actor, new Request.ReadFlows(scope.Scope.Purpose, scope.Scope.Id, null, null, null),
                flows, withEvent);
        }

        for (var i = 0; i < 12; i++)
        {
            good &= await ReadAsync(place, actor, AskedAtRandom(random, [.. place.Scopes]), flows, withEvent);
        }

        return good;
    }

    private async Task<bool> ReadAsync(
        RealStoreFixture place, Actor actor, Request.ReadFlows request, Flow[] flows, HashSet<SubjectKey> withEvent)
    {
        var answer = await place.Reading.ReadAsync(actor, request, 10_000, default);
        if (answer.Filter is not { } filter)
        {
            _refused++;
            return answer.Refused is not null && answer.Rows.Count == 0;
        }

        _rows += answer.Rows.Count;
        var scope = place.Scopes.Single(s => s.Scope.Id == filter.Scope);
        var watch = new ScopeWatch(
            scope.Scope.Id, new(scope.Scope.Subject.Pseudonym), scope.Scope.Class.Predicate, scope.Scope.FromMs,
            scope.UntilMs);
        var inside = RandomFlows.Expected([watch], flows)
            .Where(row => (request.Predicate is not { } asked || asked.Matches(FlowOf(row, asked.SubjectPort)))
                && (request.FromMs is not { } from || row.StartMs >= from))
            .Select(row => Half(row, watch.Class.Direction & (request.Predicate?.Direction ?? Direction.Both)));
        return Roles.May(actor.Role, Permission.ReadEvidence) && withEvent.Contains(scope.Scope.Subject)
            && (request.Subject is not { } about || request.Scope is not null || about == scope.Scope.Subject)
            && answer.Total == answer.Rows.Count
            && RandomFlows.Sorted(inside).SequenceEqual(RandomFlows.Sorted(answer.Rows));
    }

    private static Envelope Forged(Envelope words, Envelope signature)
    {
        _ = Envelope.TryCreate(
            words.Type, words.Version, words.Key, words.Payload.ToArray(), signature.Signature.ToArray(),
            out var forged);
        return forged!;
    }

    private static QualityEvent EventOf(Random random, ulong number)
    {
        var from = random.NextInt64(From, Until);
        var about = RandomFlows.Watch(random, number, from, Until, Subjects);
        return Event(number, 0, RuleId.FloodOut, new TrafficClass(about.Class), from, from
            + random.Next(0, 120_000), EventPhase.Opened) with { Subject = new(about.Subject.Bits) };
    }

    private static Request.ReadFlows AskedAtRandom(Random random, CaseScope[] scopes)
    {
        var scope = scopes.Length > 0 && random.Next(2) == 0 ? scopes[random.Next(scopes.Length)] : null;
        var narrower = random.Next(3) switch
        {
            0 => null,
            1 when scope is not null =>
                scope.Scope.Class.Predicate with { Direction = (Direction)random.Next(1, 4), RemotePorts = [25, 443] },
            _ => RandomFlows.Watch(random, 0, From, Until, Subjects).Class,
        };
        return new(
            Purpose.DdosSource, scope?.Scope.Id, new(RandomFlows.Subject(random.Next(Subjects)).Bits), narrower,
            random.Next(3) == 0 ? random.NextInt64(From - 600_000, Until) : null);
    }

    // The subject's own port is no column: it was decided when the row was written.
    private static Flow FlowOf(EvidenceRow row, ushort subjectPort) => new()
    {
        SubjectPort = subjectPort,
        Remote = row.Remote.Address,
        RemotePort = row.Remote.Port,
        Protocol = row.Remote.Protocol,
        PacketsOut = row.PacketsOut,
        PacketsIn = row.PacketsIn,
        StartMs = row.StartMs,
    };

    private static EvidenceRow Half(EvidenceRow row, Direction direction)
    {
        if ((direction & Direction.Out) == 0)
        {
            (row.PacketsOut, row.OctetsOut, row.FlagsOut) = (0, 0, 0);
        }

        if ((direction & Direction.In) == 0)
        {
            (row.PacketsIn, row.OctetsIn, row.FlagsIn) = (0, 0, 0);
        }

        return row;
    }
}
