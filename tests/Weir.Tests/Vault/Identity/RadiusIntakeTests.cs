// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using FsCheck.Xunit;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>What a packet must be to have an effect, and what becomes of those that are not.</summary>
public class RadiusIntakeTests
{
    private const string Address = "198.51.100.7";

    private readonly RadiusCounters _counters = new();
    private readonly IdentityTable _table = new(new IdentityTableOptions(), IdentitySamples.Clock(100));
    private readonly RadiusIntake _intake;

    public RadiusIntakeTests() => _intake = new RadiusIntake(
        new RadiusSessions(_table, new RadiusOptions(), _counters), new RadiusOptions(), IdentitySamples.Naming,
        _counters, IdentitySamples.Secrets);

    [Trait("Attack", "15")]
    [Fact]
    public void A_packet_signed_with_another_secret_is_dropped_unanswered()
    {
        Assert.False(Handle(Start().Packet("guess")));
        Assert.Equal(1, _counters.Forged);
        Assert.Equal("no-lease", _table.CodeOf(Address, 10));
    }

    [Trait("Attack", "16")]
    [Fact]
    public void A_packet_from_an_address_without_a_secret_is_dropped_unanswered()
    {
        Assert.False(Handle(Start().Packet(), IpKey.Parse("203.0.113.1")));
        Assert.Equal(1, _counters.UnknownNas);
    }

    [Fact]
    public void The_same_packet_again_is_answered_and_not_applied_nor_is_its_start_after_the_window()
    {
        var packet = Start(eventSecond: null).Packet();
        Assert.True(Handle(packet, second: 10));
        Assert.True(Handle(packet, second: 11));
        Assert.Equal((1, 1), (_counters.Applied, _counters.Duplicates));

        Assert.True(Handle(AccountingMaker.Create(AccountingStatus.Stop).Address(Address).As(1).Packet(), second: 20));
        Assert.True(Handle(packet, second: 2_000));
        Assert.Equal((2, 1), (_counters.Applied, _counters.Stale));
        Assert.Equal("no-lease", _table.CodeOf(Address, 90));
    }

    [Fact]
    public void A_message_authenticator_must_fit_where_there_is_one()
    {
        var good = Start().Packet(sealedToo: true);
        Assert.True(Handle(good));

        var wrong = Start().As(7).Octets(80, new byte[16]).Packet();
        Assert.False(Handle(wrong));
        Assert.Equal((1, 1), (_counters.Applied, _counters.Forged));
    }

    [Fact]
    public void Requests_without_session_status_or_name_are_malformed_and_others_codes_unsupported()
    {
        Assert.False(Handle(AccountingMaker.Create(AccountingStatus.Start, session: null).Packet()));
        Assert.False(Handle(AccountingMaker.Create(AccountingStatus.Start, user: null).Packet()));
        Assert.False(Handle(AccountingMaker.Create((AccountingStatus)99).Packet()));
        Assert.False(Handle([1, 0, 0, 20, .. new byte[16]]));
        Assert.False(Handle([4, 0, 0, 21, .. new byte[16]]));
        Assert.False(Handle([4, 0, 0, 22, .. new byte[16], 1, 1]));
        Assert.False(Handle([]));
        Assert.Equal((6, 1, 7), (_counters.Malformed, _counters.Unsupported, _counters.Received));
        Assert.Equal(_counters.Received, _counters.Ended);
    }

    [Fact]
    public void Every_address_and_prefix_of_a_session_leads_to_its_line()
    {
        Assert.True(Handle(Start()
            .Network(97, "2001:db8:1:2::/64").Network(123, "2001:db8:ff00::/40").Address("2001:db8:9::1").Packet()));
        Assert.True(Handle(AccountingMaker.Create(AccountingStatus.Stop, eventSecond: 20).As(1).Packet()));

        foreach (var address in (string[])[Address, "2001:db8:1:2::77", "2001:db8:ffff::1", "2001:db8:9::1"])
        {
            Assert.Equal(IdentitySamples.User("alice"), _table.LineOf(address, 15));
        }

        Assert.Equal("no-lease", _table.CodeOf("2001:db8:1:3::77", 15));
    }

    [Fact]
    public void A_prefix_that_lies_about_its_length_is_passed_over_and_the_rest_of_the_request_counts()
    {
        Assert.True(Handle(Start().Octets(97, [0, 64, 0x20, 0x01]).Octets(97, [0, 129]).Octets(8, [1, 2, 3]).Packet()));
        Assert.Equal(3, _counters.FieldsSkipped);
        Assert.Equal("confirmed", _table.CodeOf(Address, 10));
    }

    [Trait("Attack", "16")]
    [Fact]
    public void A_time_more_than_a_day_off_is_counted_and_the_arrival_stands_in()
    {
        Assert.True(Handle(Start(eventSecond: 3 * 86_400).Packet(), second: 30));
        Assert.True(Handle(AccountingMaker.Create(AccountingStatus.Start, "bob", "s2")
            .Address("198.51.100.8").U32(41, 5).As(1).Packet(), second: 30));

        Assert.Equal(1, _counters.ClockRefused);
        Assert.Equal("confirmed", _table.CodeOf(Address, 30));
        Assert.Equal("confirmed", _table.CodeOf("198.51.100.8", 25));
        Assert.Equal("no-lease", _table.CodeOf("198.51.100.8", 24));
    }

    [Fact]
    public void The_line_takes_the_name_that_is_configured_and_a_user_name_never_stands_in_clear()
    {
        var terms = new RadiusOptions { LineFrom = SubscriberLineAttribute.Class };
        var intake = new RadiusIntake(
            new RadiusSessions(_table, terms, _counters), terms, IdentitySamples.Naming, _counters,
            IdentitySamples.Secrets);
        intake.Handle(Start().Text(25, "customer-7").Packet(), IdentitySamples.Nas, IdentitySamples.Ms(10), out _);
        Assert.Equal(new SubscriberLineName("class:customer-7"), _table.LineOf(Address, 10));

        Handle(AccountingMaker.Create(AccountingStatus.Start, "bob@example.net", "s9", 11)
            .Address("198.51.100.9").Packet());
        Assert.DoesNotContain("bob", _table.LineOf("198.51.100.9", 11)!.Value.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_answer_is_signed_over_the_request_and_gives_proxy_states_back()
    {
        var request = Start().Octets(33, [1, 2, 3]).Octets(33, [4]).Packet(sealedToo: true);
        Assert.True(_intake.Handle(request, IdentitySamples.Nas, IdentitySamples.Ms(10), out var packet));
        var response = new byte[4_200];
        var length = RadiusDigest.Respond(in packet, "rosebud"u8, response);

        Assert.Equal((5, request[1], length), (
            response[0], response[1], BinaryPrimitives.ReadUInt16BigEndian(response.AsSpan(2))));
        Assert.Equal(20 + 5 + 3 + 18, length);
        var told = response.AsSpan(4, 16).ToArray();
        request.AsSpan(4, 16).CopyTo(response.AsSpan(4));
        var expected = new byte[16];
        RadiusDigest.Sign(response.AsSpan(0, length), "rosebud"u8, expected);
        Assert.Equal(expected, told);
    }

    [Property(MaxTest = 300)]
    public void Whatever_comes_without_the_secret_changes_nothing_and_is_counted(byte[] octets, ushort flip)
    {
        Handle(octets ?? []);
        var packet = Start().Packet();
        var bit = flip % (packet.Length * 8);
        packet[bit / 8] ^= (byte)(1 << (bit % 8));
        Handle(packet);

        Assert.Equal(0, _counters.Applied);
        Assert.Equal(0, _table.Count);
        Assert.Equal(0, _table.Version);
        Assert.Equal(_counters.Received, _counters.Ended);
    }

    [Property(MaxTest = 300)]
    public void Attributes_of_any_kind_under_the_right_secret_never_throw(byte[] values, byte type)
    {
        var made = AccountingMaker.Create((AccountingStatus)(type % 9));
        foreach (var part in (values ?? []).Chunk(7))
        {
            made.Octets((byte)(part[0] ^ type), part[1..]);
        }

        _ = Handle(made.Packet());
        Assert.Equal(_counters.Received, _counters.Ended);
    }

    private static AccountingMaker Start(long? eventSecond = 10) =>
        AccountingMaker.Create(AccountingStatus.Start, eventSecond: eventSecond).Address(Address);

    private bool Handle(byte[] packet, IpKey? from = null, double second = 50) =>
        _intake.Handle(packet, from ?? IdentitySamples.Nas, IdentitySamples.Ms(second), out _);
}
