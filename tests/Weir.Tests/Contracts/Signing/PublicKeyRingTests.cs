// SPDX-License-Identifier: Apache-2.0
using System.Text;
using FsCheck;
using FsCheck.Xunit;
using Weir.Contracts.Signing;

namespace Weir.Tests.Contracts.Signing;

/// <summary>Whose word counts, and that nothing else does.</summary>
public sealed class PublicKeyRingTests
{
    private static readonly SigningKey Edge = EnvelopeTests.KeyOf(1);
    private static readonly SigningKey Store = EnvelopeTests.KeyOf(2);
    private static readonly SigningKey Stranger = EnvelopeTests.KeyOf(3);
    private static readonly byte[] Payload = Encoding.UTF8.GetBytes("""{"subject":"s-1","class":"scan"}""");

    private static readonly PublicKeyRing Ring = new(
        [new("event", 2, ["collector", "store"], 100), new("look-back", 1, ["store"]), new("events", 2, ["collector"])],
        [(new("collector", "edge-1"), Edge.Public), (new("store", "store"), Store.Public)]);

    [Fact]
    public void A_right_envelope_names_its_signer()
    {
        var found = Ring.Verify(Edge.Sign("event", 2, Payload));

        Assert.True(found.IsBelieved);
        Assert.Equal("collector/edge-1", found.Signer.ToString());
    }

    [Fact]
    public void Each_refusal_has_its_name()
    {
        Assert.Equal(EnvelopeFault.UnknownType, Ring.Verify(Edge.Sign("gossip", 1, Payload)).Fault);
        Assert.Equal(EnvelopeFault.FutureSchema, Ring.Verify(Edge.Sign("event", 3, Payload)).Fault);
        Assert.Equal(EnvelopeFault.TooLarge, Ring.Verify(Edge.Sign("event", 2, new byte[101])).Fault);
        Assert.Equal(EnvelopeFault.UnknownKey, Ring.Verify(Stranger.Sign("event", 2, Payload)).Fault);
        Assert.Equal(EnvelopeFault.WrongRole, Ring.Verify(Edge.Sign("look-back", 1, Payload)).Fault);
        Assert.Equal(EnvelopeFault.UnknownType, Ring.Verify(Store.Sign("look-back", 1, Payload), "event").Fault);
        Assert.Equal(7, Enum.GetValues<EnvelopeFault>().Skip(1).Select(EnvelopeFaults.Word).Distinct().Count());
    }

    [Fact]
    public void Any_flipped_bit_of_the_text_is_refused()
    {
        var text = Encoding.ASCII.GetBytes(EnvelopeText.Format(Edge.Sign("event", 2, Payload)));
        for (var bit = 0; bit < text.Length * 8; bit++)
        {
            var flipped = (byte[])text.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(IsBelieved(EnvelopeText.TryParse(Encoding.Latin1.GetString(flipped), out var read), read),
                $"bit {bit}");
        }
    }

    [Fact]
    public void Any_flipped_bit_of_the_json_is_refused()
    {
        var json = EnvelopeJson.Format(Edge.Sign("event", 2, Payload));
        for (var bit = 0; bit < json.Length * 8; bit++)
        {
            var flipped = (byte[])json.Clone();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(IsBelieved(EnvelopeJson.TryParse(flipped, out var read), read), $"bit {bit}");
        }
    }

    [Property]
    public void A_payload_or_signature_changed_anywhere_is_a_bad_signature(byte[] payload, ushort at, byte by)
    {
        var signed = Edge.Sign("event", 2, payload.AsSpan(0, Math.Min(payload.Length, 100)));
        var (octets, signature) = (signed.Payload.ToArray(), signed.Signature.ToArray());
        var place = at % (octets.Length + signature.Length);
        (place < octets.Length ? octets : signature)[place < octets.Length ? place
            : place - octets.Length] ^= (byte)(by | 1);

        Assert.Equal(EnvelopeFault.None, Envelope.TryCreate(
            "event", 2, signed.Key, octets, signature, out var changed));
        Assert.Equal(EnvelopeFault.BadSignature, Ring.Verify(changed!).Fault);
    }

    [Fact]
    public void A_signature_does_not_stand_for_another_type_version_or_key()
    {
        var signed = Edge.Sign("event", 2, Payload);

        Assert.Equal(EnvelopeFault.BadSignature, Ring.Verify(Changed("events", 2, signed.Key)).Fault);
        Assert.Equal(EnvelopeFault.BadSignature, Ring.Verify(Changed("event", 1, signed.Key)).Fault);
        Assert.Equal(EnvelopeFault.BadSignature, Ring.Verify(Changed("event", 2, Store.Public.Id)).Fault);

        Envelope Changed(string type, int version, KeyId key)
        {
            Envelope.TryCreate(type, version, key, Payload, signed.Signature.ToArray(), out var envelope);
            return envelope!;
        }
    }

    [Fact]
    public void A_line_cannot_move_from_the_type_into_the_payload()
    {
        // event/2 with payload "x" against a type that would hold the line itself: no such type can be made.
        Assert.False(Envelope.IsType("event\n2"));
        Assert.False(Envelope.IsType(""));
        Assert.False(Envelope.IsType("Event"));
        Assert.False(Envelope.IsType(new string('a', 65)));
        Assert.Throws<ArgumentException>(() => Edge.Sign("event\n1", 1, Payload));
        Assert.Throws<ArgumentException>(() => Edge.Sign("event", 0, Payload));
    }

    [Fact]
    public void A_ring_refuses_one_key_for_two_holders_and_a_type_without_roles()
    {
        Assert.Throws<ArgumentException>(() => new PublicKeyRing(
            [], [(new("collector", "a"), Edge.Public), (new("store", "b"), Edge.Public)]));
        Assert.Throws<ArgumentException>(() => new PublicKeyRing([new("event", 1, [])], []));
        Assert.Throws<ArgumentException>(() => new PublicKeyRing([new("event", 1, ["a"]), new("event", 2, ["a"])], []));
    }

    [Fact]
    public void A_holder_may_have_two_keys_while_one_replaces_the_other()
    {
        var ring = Ring.With(
            [(new("collector", "edge-1"), Edge.Public), (new("collector", "edge-1"), Stranger.Public)]);

        Assert.True(ring.Verify(Edge.Sign("event", 1, Payload)).IsBelieved);
        Assert.True(ring.Verify(Stranger.Sign("event", 1, Payload)).IsBelieved);
        Assert.Equal(EnvelopeFault.UnknownKey, ring.Verify(Store.Sign("event", 1, Payload)).Fault);
    }

    private static bool IsBelieved(EnvelopeFault fault, Envelope? read) =>
        fault == EnvelopeFault.None && Ring.Verify(read!).IsBelieved;
}
