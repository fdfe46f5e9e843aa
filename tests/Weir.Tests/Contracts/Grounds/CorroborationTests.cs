// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Contracts.Grounds;

/// <summary>How far grounds are corroborated, by the one function that whoever acts asks (rules.md R21).</summary>
public sealed class CorroborationTests : IDisposable
{
    private const long Minute = 60_000;
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly long From = Now.ToUnixTimeMilliseconds();
    private static readonly SubjectKey Subject = new(7);

    private readonly SigningKey _collector = SigningKey.Create();

    public void Dispose() => _collector.Dispose();

    [Fact]
    public void A_scope_on_grounds_that_are_not_corroborated_follows_and_is_sealed()
    {
        var verdict = Verify(Seen(5 * Minute) with { Doubt = EvidenceDoubt.NewStream });

        Assert.Equal((true, false, EvidenceDoubt.NewStream), (verdict.Follows, verdict.IsCorroborated, verdict.Doubt));
        Assert.True(Verify(Seen(5 * Minute)).IsCorroborated);
    }

    [Fact]
    public void Evidence_that_is_corroborated_later_breaks_the_seal_and_moves_the_end_so_far_alone()
    {
        var opened = Seen(Minute) with { Doubt = EvidenceDoubt.NewStream };
        var grown = Seen(9 * Minute) with
        {
            Phase = EventPhase.Grown, Doubt = EvidenceDoubt.NewStream, CorroboratedMs = From + (4 * Minute),
        };

        Assert.True(Verify(From + (4 * Minute) + Scope.AfterMs, opened, grown).IsCorroborated);
        var further = Verify(From + (4 * Minute) + Scope.AfterMs + 1, opened, grown);
        Assert.Equal((true, EvidenceDoubt.NewStream), (further.Follows, further.Doubt));
        Assert.Equal(
            GroundsFault.TooLate, Verify(From + (9 * Minute) + Scope.AfterMs + 1, opened, grown).Fault);
    }

    [Fact]
    public void A_contest_that_an_events_latest_step_tells_holds_for_all_of_it_and_ends_with_it()
    {
        var opened = Seen(Minute);
        var contested = Seen(3 * Minute) with { Phase = EventPhase.Grown, Doubt = EvidenceDoubt.TwoStreams };
        var after = Seen(20 * Minute) with { Phase = EventPhase.Closed };
        var other = Seen(Minute) with { Number = 8 };

        Assert.Equal(EvidenceDoubt.TwoStreams, Verify(From + Minute, opened, contested).Doubt);
        Assert.True(Verify(From + Minute, opened, contested, after).IsCorroborated);
        Assert.True(Verify(From + Minute, opened, contested, other).IsCorroborated, "the other event is in no doubt");
    }

    /// <summary>A wider class than the corroborated events name is not theirs.</summary>
    [Fact]
    public void Every_hop_of_a_joined_class_has_to_be_corroborated()
    {
        var hops = Enumerable.Range(0, 5).Select(i => Seen(Minute) with
        {
            Number = (ulong)(10 + i), Class = new(SignedOrders.Class with { RemotePorts = [(ushort)(443 + i)] }),
        }).ToArray();
        var joined = SignedOrders.Class with { RemotePorts = [443, 444, 445, 446, 447] };

        Assert.True(Verify(joined, From + Minute, hops).IsCorroborated);
        hops[2] = hops[2] with { Doubt = EvidenceDoubt.NewStream };
        Assert.Equal(EvidenceDoubt.NewStream, Verify(joined, From + Minute, hops).Doubt);
    }

    [Fact]
    public void An_event_says_who_told_it_and_how_far_it_is_corroborated_or_is_none()
    {
        var told = Seen(5 * Minute) with
        {
            Domain = 3, Interface = 17, Doubt = EvidenceDoubt.NewStream, CorroboratedMs = From + Minute,
        };
        Assert.True(EventDocument.TryRead(EventDocument.Sign(told, _collector), out var read));
        Assert.Equal(
            (told.Exporter, 3u, 17u, EvidenceDoubt.NewStream, From + Minute),
            (read.Exporter, read.Domain, read.Interface, read.Doubt, read.CorroboratedMs));

        foreach (var nobody in (IpKey[])[IpKey.FromV4(0), default])
        {
            Assert.False(EventDocument.TryRead(EventDocument.Sign(told with { Exporter = nobody }, _collector), out _));
        }

        // What digests tell nobody told; the store signs it under a promotion, and digests hold what is corroborated.
        var past = told with { Origin = EventOrigin.Digests, Exporter = default, Doubt = EvidenceDoubt.None };
        Assert.True(EventDocument.TryRead(EventDocument.Sign(past, _collector), out read));
        Assert.Equal((default, EventOrigin.Digests), (read.Exporter, read.Origin));
    }

    [Fact]
    public void A_class_whose_trait_is_left_out_is_not_the_events()
    {
        var scan = new FlowPredicate
        {
            Direction = Direction.Out, Protocol = 6, RemotePorts = [443], Trait = FlowTrait.Unanswered,
        };
        var told = Seen(Minute) with { Rule = RuleId.Scan, Unit = "remotes/min", Class = new(scan) };

        Assert.Equal(GroundsFault.None, Verify(scan, From + Minute, told).Fault);
        Assert.Equal(GroundsFault.OtherClass, Verify(scan with { Trait = FlowTrait.None }, From + Minute, told).Fault);
    }

    /// <summary>A signed event of an open far end opens nothing unless its class shows what its rule is about.</summary>
    [Fact]
    public void Grounds_of_an_open_far_end_without_their_rules_trait_open_nothing()
    {
        foreach (var trait in (FlowTrait[])[FlowTrait.None, FlowTrait.Mail])
        {
            var scan = new FlowPredicate { Direction = Direction.Out, Protocol = 6, RemotePorts = [443], Trait = trait };
            var told = Seen(Minute) with { Rule = RuleId.Scan, Unit = "remotes/min", Class = new(scan) };
            Assert.Equal(GroundsFault.OtherClass, Verify(scan, From + Minute, told).Fault);
        }
    }

    private static QualityEvent Seen(long forMs) => SignedOrders.Contact(Subject, Now) with { UntilMs = From + forMs };

    private GroundsVerdict Verify(params QualityEvent[] events) => Verify(From + Minute, events);

    private GroundsVerdict Verify(long untilMs, params QualityEvent[] events) =>
        Verify(events[0].Class!.Predicate, untilMs, events);

    private GroundsVerdict Verify(FlowPredicate named, long untilMs, params QualityEvent[] events) => ScopeGrounds.Verify(
        ProvisionalScope.From(events[0], EventDocument.Sign(events[0], _collector), ScopeLimits.Default)! with
        {
            Class = named, UntilMs = untilMs, Grounds = [.. events.Select(one => EventDocument.Sign(one, _collector))],
        },
        new PublicKeyRing(ScopeGrounds.Kinds, [(new("collector", "collector"), _collector.Public)]), ScopeLimits.Default);
}
