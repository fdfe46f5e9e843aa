// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Tables;

namespace Weir.Tests.Vault.Identity;

/// <summary>From accounting requests to answers.</summary>
public class RadiusSessionsTests
{
    private const string Address = "198.51.100.7";

    private readonly RadiusCounters _counters = new();
    private readonly IdentityTable _table = new(new IdentityTableOptions(), IdentitySamples.Clock(2_000));
    private readonly RadiusIntake _intake;
    private byte _identifier;

    public RadiusSessionsTests()
    {
        var terms = new RadiusOptions { InterimInterval = TimeSpan.FromSeconds(100) };
        _intake = new RadiusIntake(
            new RadiusSessions(_table, terms, _counters), terms, IdentitySamples.Naming, _counters,
            IdentitySamples.Secrets);
    }

    [Fact]
    public void A_session_from_start_to_stop_answers_with_its_line()
    {
        Send(AccountingStatus.Start, "alice", "s1", 10);
        Send(AccountingStatus.Stop, "alice", "s1", 50);

        Assert.Equal("no-lease", _table.CodeOf(Address, 9.999));
        Assert.Equal("confirmed", _table.CodeOf(Address, 10));
        Assert.Equal(IdentitySamples.User("alice"), _table.LineOf(Address, 30));
        Assert.Equal("confirmed", _table.CodeOf(Address, 50.999));
        Assert.Equal("no-lease", _table.CodeOf(Address, 51));
    }

    [Fact]
    public void An_open_session_is_presumed_for_twice_the_interval_then_its_stop_is_lost()
    {
        Send(AccountingStatus.Start, "alice", "s1", 10);
        Send(AccountingStatus.Interim, "alice", "s1", 110);

        Assert.Equal("confirmed", _table.CodeOf(Address, 110));
        Assert.Equal("presumed", _table.CodeOf(Address, 111));
        Assert.Equal("presumed", _table.CodeOf(Address, 310.999));
        Assert.Equal("lost-stop", _table.CodeOf(Address, 311));
    }

    [Fact]
    public void A_lost_stop_ends_where_another_line_begins_and_what_lies_between_is_nobodys()
    {
        Send(AccountingStatus.Start, "alice", "s1", 10);
        Send(AccountingStatus.Start, "bob", "s2", 60);

        Assert.Equal(IdentitySamples.User("alice"), _table.LineOf(Address, 10.5));
        Assert.Equal("lost-stop", _table.CodeOf(Address, 40));
        Assert.Equal(IdentitySamples.User("bob"), _table.LineOf(Address, 60));
    }

    [Fact]
    public void A_start_that_comes_after_its_stop_still_counts()
    {
        Send(AccountingStatus.Stop, "alice", "s1", 50);
        Assert.Equal("no-lease", _table.CodeOf(Address, 30));

        Send(AccountingStatus.Start, "alice", "s1", 10);
        Assert.Equal("confirmed", _table.CodeOf(Address, 30));
        Assert.Equal("no-lease", _table.CodeOf(Address, 51));
    }

    [Fact]
    public void A_restart_of_the_nas_ends_what_was_heard_before_it_and_nothing_after()
    {
        Send(AccountingStatus.Start, "alice", "s1", 10);
        Send(AccountingStatus.On, null, null, 40, null);
        Send(AccountingStatus.Start, "bob", "s1", 60);

        Assert.Equal("presumed", _table.CodeOf(Address, 11));
        Assert.Equal("no-lease", _table.CodeOf(Address, 45));
        Assert.Equal(IdentitySamples.User("bob"), _table.LineOf(Address, 60));
        Assert.Equal("presumed", _table.CodeOf(Address, 70));
    }

    private void Send(AccountingStatus status, string? user, string? session, long second, string? address = Address)
    {
        var made = AccountingMaker.Create(status, user, session, second).As(_identifier++);
        Assert.True(_intake.Handle(
            (address is null ? made : made.Address(address)).Packet(), IdentitySamples.Nas, IdentitySamples.Ms(second),
            out _));
        Assert.Equal(_counters.Received, _counters.Ended);
    }
}
