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

/// <summary>Each way in which a scope does not follow from its grounds, and each in which an envelope is not believed:
/// one is made for every member of the lists, so that a new one without a test fails here.</summary>
public sealed class GroundsFaultTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SigningKey _collector = SigningKey.Create();
    private readonly SigningKey _vault = SigningKey.Create();
    private readonly SigningKey _store = SigningKey.Create();
    private readonly SigningKey _stranger = SigningKey.Create();

    public static TheoryData<GroundsFault, string> Faults
    {
        get
        {
            var rows = new TheoryData<GroundsFault, string>();
            foreach (var fault in Enum.GetValues<GroundsFault>())
            {
                // An envelope that is not believed is told by its own word.
                rows.Add(fault, fault == GroundsFault.NotSigned ? "unknown-key" : GroundsFaults.ToCode(fault));
            }

            return rows;
        }
    }

    public static TheoryData<EnvelopeFault> Signatures => [.. Enum.GetValues<EnvelopeFault>()];

    public void Dispose()
    {
        _collector.Dispose();
        _vault.Dispose();
        _store.Dispose();
        _stranger.Dispose();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_scope_that_does_not_follow_is_refused_by_what_is_wrong_with_it(GroundsFault fault, string code)
    {
        var verdict = ScopeGrounds.Verify(Order(fault), Ring(), ScopeLimits.Default);

        Assert.Equal((fault, code), (verdict.Fault, verdict.Code));
        Assert.Equal(fault == GroundsFault.None, verdict.Follows);
    }

    [Theory]
    [MemberData(nameof(Signatures))]
    public void An_envelope_that_is_not_believed_refuses_the_scope_by_its_own_word(EnvelopeFault fault)
    {
        var order = Sound();
        if (fault is EnvelopeFault.Malformed)
        {
            // It never becomes an envelope that an order could hold.
            var signed = order.Grounds[0];
            Assert.Equal(EnvelopeFault.Malformed, Envelope.TryCreate(
                "no type", signed.Version, signed.Key, signed.Payload.ToArray(), signed.Signature.ToArray(), out _));
            return;
        }

        var verdict = ScopeGrounds.Verify(
            order with { Grounds = [Spoiled(order.Grounds[0], fault)] }, Ring(), ScopeLimits.Default);

        Assert.Equal(
            fault == EnvelopeFault.None ? "follows" : EnvelopeFaults.Word(fault), verdict.Code);
    }

    /// <summary>Each branch by itself: what a check, a grant, a name and a second rule may not, beside the same that
    /// they may.</summary>
    [Theory]
    [MemberData(nameof(Branches))]
    public void Each_bound_is_a_bound_and_what_lies_within_follows(string what)
    {
        var (right, wrong, fault) = Branch(what);

        Assert.Equal("follows", ScopeGrounds.Verify(right, Ring(), ScopeLimits.Default).Code);
        Assert.Equal(
            GroundsFaults.ToCode(fault), ScopeGrounds.Verify(wrong, Ring(), ScopeLimits.Default).Code);
    }

    public static TheoryData<string> Branches =>
    [
        "a check that begins before the evidence", "a check that is too long", "a check in some years",
        "a grant before its time", "a grant after its time", "a grant for another purpose",
        "a consent for another purpose", "a name of another case", "events of two rules",
        "an end behind what it may have", "a grant of another subject", "a grant of another class",
        "a grant beside events", "a grant beside another",
    ];

    [Fact]
    public void A_complaint_without_a_class_and_a_name_with_one_are_malformed()
    {
        var sound = Sound() with { Purpose = Purpose.ComplaintHandling };
        foreach (var grant in (Grant[])[
            new(GrantKind.Complaint, "x", sound.Subject, sound.Epoch, null, sound.FromMs, sound.ExpiresMs),
            new(GrantKind.Reissue, "x", Subject("10.0.0.9"), 2, sound.Class, 0, 0, sound.Case, sound.Subject)])
        {
            Assert.Equal("malformed-grounds", ScopeGrounds.Verify(
                sound with { Grounds = [Signed(grant)] }, Ring(), ScopeLimits.Default).Code);
        }
    }

    [Fact]
    public void A_check_of_flows_of_another_time_than_the_clocks_begins_whenever_it_may_in_a_lab()
    {
        var (_, late, _) = Branch("a check in some years");

        Assert.True(ScopeGrounds.Verify(
            late, Ring(), ScopeLimits.Default with { CheckAfterMs = long.MaxValue }).Follows);
    }

    /// <summary>Flows are a collector's word, digests the store's: neither key speaks for the other.</summary>
    [Trait("Attack", "46")]
    [Fact]
    public void An_event_is_the_word_of_who_saw_it_and_of_nobody_else()
    {
        var flows = SignedOrders.Contact(Subject("10.0.0.7"), Now);
        var digests = flows with { Origin = EventOrigin.Digests };

        Assert.Equal("follows", Code(flows, _collector));
        Assert.Equal("follows", Code(digests, _store));
        Assert.Equal("wrong-role", Code(flows, _store));
        Assert.Equal("wrong-role", Code(digests, _collector));

        string Code(QualityEvent quality, SigningKey key) => ScopeGrounds.Verify(
            Sound() with { Grounds = [EventDocument.Sign(quality, key)] }, Ring(), ScopeLimits.Default).Code;
    }

    private (ScopeOrder Right, ScopeOrder Wrong, GroundsFault Fault) Branch(string what)
    {
        var sound = Sound();
        var first = Now.ToUnixTimeMilliseconds();
        var check = sound with
        {
            Purpose = Purpose.RemediationCheck, FromMs = first, UntilMs = first + ScopeLimits.Default.CheckMs,
            ExpiresMs = first + ScopeLimits.Default.CheckMs,
        };
        var late = first + 60_000 + ScopeLimits.Default.CheckAfterMs;
        var complaint = Granted(sound, GrantKind.Complaint, Purpose.ComplaintHandling);
        var consent = Granted(sound, GrantKind.Consent, Purpose.CustomerDiagnosis);
        var name = new Grant(
            GrantKind.Reissue, "x", Subject("10.0.0.9"), 2, null, 0, 0, sound.Case, sound.Subject);
        var renamed = sound with { Subject = name.Subject, Grounds = [.. sound.Grounds, Signed(name)] };
        return what switch
        {
            "a check that begins before the evidence" =>
                (check, check with { FromMs = first - 1 }, GroundsFault.TooEarly),
            "a check that is too long" =>
                (check, check with { ExpiresMs = check.ExpiresMs + 1 }, GroundsFault.TooLong),
            "a check in some years" => (
                check with { FromMs = late, UntilMs = late + 1, ExpiresMs = late + 1 },
                check with { FromMs = late + 1, UntilMs = late + 2, ExpiresMs = late + 2 }, GroundsFault.TooLate),
            "a grant before its time" =>
                (complaint, complaint with { FromMs = complaint.FromMs - 1 }, GroundsFault.TooEarly),
            "a grant after its time" =>
                (complaint, complaint with { ExpiresMs = complaint.ExpiresMs + 1 }, GroundsFault.TooLate),
            "a grant for another purpose" =>
                (complaint, complaint with { Purpose = Purpose.CncContact }, GroundsFault.OtherPurpose),
            "a consent for another purpose" =>
                (consent, consent with { Purpose = Purpose.ComplaintHandling }, GroundsFault.OtherPurpose),
            "a name of another case" => (
                renamed, renamed with { Grounds = [.. sound.Grounds, Signed(name with { Case = new CaseId(2) })] },
                GroundsFault.OtherSubject),
            "an end behind what it may have" =>
                (sound with { ExpiresMs = sound.UntilMs }, sound with { ExpiresMs = sound.UntilMs - 1 },
                    GroundsFault.Empty),
            "a grant of another subject" =>
                (complaint, complaint with { Subject = Subject("10.0.0.9") }, GroundsFault.OtherSubject),
            "a grant of another class" => (
                complaint, complaint with { Class = complaint.Class with { RemotePorts = [] } },
                GroundsFault.OtherClass),
            "a grant beside events" => (
                sound, sound with { Grounds = [.. sound.Grounds, .. complaint.Grounds] }, GroundsFault.OtherPurpose),
            "a grant beside another" => (
                complaint, complaint with { Grounds = [.. complaint.Grounds, .. complaint.Grounds] },
                GroundsFault.OtherPurpose),
            _ => (
                sound with { Grounds = [.. sound.Grounds, sound.Grounds[0]] },
                sound with { Grounds = [.. sound.Grounds, EventDocument.Sign(
                    SignedOrders.Contact(sound.Subject, Now) with { Rule = RuleId.Scan, Unit = "remotes/min" },
                    _collector)] },
                GroundsFault.OtherPurpose),
        };
    }

    private ScopeOrder Granted(ScopeOrder sound, GrantKind kind, Purpose purpose) => sound with
    {
        Purpose = purpose,
        Grounds = [Signed(new Grant(
            kind, "x", sound.Subject, sound.Epoch, sound.Class, sound.FromMs, sound.ExpiresMs))],
    };

    private Envelope Signed(Grant grant) => GrantDocument.Sign(grant, _vault);

    private ScopeOrder Order(GroundsFault fault)
    {
        var order = Sound();
        return fault switch
        {
            GroundsFault.None => order,
            GroundsFault.NoGrounds => order with { Grounds = [] },
            GroundsFault.NotSigned => order with { Grounds = [Spoiled(order.Grounds[0], EnvelopeFault.UnknownKey)] },
            GroundsFault.Malformed => order with
            {
                Grounds = [_collector.Sign(order.Grounds[0].Type, order.Grounds[0].Version, "{}"u8)],
            },
            GroundsFault.OtherSubject => order with { Subject = Subject("10.0.0.8") },
            GroundsFault.OtherClass => order with { Class = order.Class with { RemotePorts = [] } },
            GroundsFault.OtherPurpose => order with { Purpose = Purpose.SpamSource },
            GroundsFault.TooEarly => order with { FromMs = order.FromMs - 1 },
            GroundsFault.TooLate => order with { UntilMs = order.UntilMs + 1 },
            GroundsFault.TooLong => order with
            {
                ExpiresMs = order.FromMs + ScopeLimits.Default.CapMs + ScopeLimits.Default.BeforeMs + 1,
            },
            GroundsFault.Empty => order with { FromMs = order.ExpiresMs },
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No order is made for this fault."),
        };
    }

    private Envelope Spoiled(Envelope signed, EnvelopeFault fault)
    {
        var (type, version, payload) = (signed.Type, signed.Version, signed.Payload.ToArray());
        return fault switch
        {
            EnvelopeFault.None => signed,
            EnvelopeFault.TooLarge => _collector.Sign(type, version, new byte[EventDocument.Kind.MaxOctets + 1]),
            EnvelopeFault.UnknownType => _collector.Sign("gossip", version, payload),
            EnvelopeFault.FutureSchema => _collector.Sign(type, version + 1, payload),
            EnvelopeFault.UnknownKey => _stranger.Sign(type, version, payload),
            EnvelopeFault.WrongRole => _vault.Sign(type, version, payload),
            EnvelopeFault.BadSignature => Resigned(signed),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault, "No envelope is made for this fault."),
        };
    }

    private static Envelope Resigned(Envelope signed)
    {
        byte[] other = [.. signed.Payload.ToArray()];
        other[^2] ^= 1;
        Assert.Equal(EnvelopeFault.None, Envelope.TryCreate(
            signed.Type, signed.Version, signed.Key, other, signed.Signature.ToArray(), out var forged));
        return forged!;
    }

    private ScopeOrder Sound() =>
        SignedOrders.Make(_collector, new CaseId(1), Subject("10.0.0.7"), new ScopeId(5), Now);

    private PublicKeyRing Ring() => new(
        ScopeGrounds.Kinds,
        [(new("collector", "edge-1"), _collector.Public), (new("vault", "vault"), _vault.Public),
            (new("store", "store"), _store.Public)]);

    private static SubjectKey Subject(string address)
    {
        using var names = Pseudonymizer.UnderKey(new byte[32]);
        return names.Pseudonymize(IpKey.Parse(address));
    }
}
