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
        [(new("collector", "edge-1"), _collector.Public), (new("vault", "vault"), _vault.Public)]);

    private static SubjectKey Subject(string address)
    {
        using var names = Pseudonymizer.UnderKey(new byte[32]);
        return names.Pseudonymize(IpKey.Parse(address));
    }
}
