// SPDX-License-Identifier: Apache-2.0
using System.Text;
using Weir.Tests.Vault.Identity;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Gardening;

/// <summary>What a NAS needs to find a session again: kept sealed while the session goes on, and only where a
/// garden needs it.</summary>
public sealed class StoredSessionTests : IDisposable
{
    private static readonly SessionSeal Seal = new("0123456789abcdef"u8);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-kept-").FullName;
    private readonly IdentityCounters _counters = new();
    private byte _identifier;

    private string Store => Path.Combine(_folder, "identity.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void An_open_session_is_found_by_line_and_by_address_after_a_restart_and_the_store_holds_no_login()
    {
        using (var ledger = Open(Seal))
        {
            Send(ledger, AccountingStatus.Start, 10);
        }

        Assert.Equal(-1, File.ReadAllBytes(Store).AsSpan().IndexOf("alice"u8));
        Assert.All(
            Directory.GetFiles(_folder), file => Assert.Equal(-1, File.ReadAllBytes(file).AsSpan().IndexOf("alice"u8)));
        using var again = Open(Seal);
        var byLine = Assert.Single(
            new SubscriberSessions(again, Seal).OpenOf(new(IdentitySamples.User("alice"), default)));
        var byAddress = Assert.Single(
            new SubscriberSessions(again, Seal).OpenOf(new(default, Prefix.Parse("198.51.100.7"))));
        Assert.Equal(byLine.Key, byAddress.Key);
        Assert.Equal(("alice", "s1"), (
            Text(byLine, SessionIdentification.UserName), Text(byLine, SessionIdentification.AcctSessionId)));
        Assert.Equal(
            IdentitySamples.Nas.ToIPAddress().GetAddressBytes(),
            SessionIdentification.Find(byLine.Identification, SessionIdentification.NasIpAddress).ToArray());
        Assert.Empty(new SubscriberSessions(again, Seal).OpenOf(new(IdentitySamples.User("bob"), default)));
        Assert.Empty(Assert.Single(new SubscriberSessions(again, new SessionSeal("another salt, 16"u8)).OpenOf(
            new(IdentitySamples.User("alice"), default))).Identification);
    }

    [Fact]
    public void A_session_that_stopped_is_not_kept_and_nothing_is_where_no_garden_needs_it()
    {
        using (var ledger = Open(Seal))
        {
            Send(ledger, AccountingStatus.Start, 10);
            Send(ledger, AccountingStatus.Stop, 50);
            Assert.Empty(new SubscriberSessions(ledger, Seal).OpenOf(new(IdentitySamples.User("alice"), default)));
        }

        using (var again = Open(Seal))
        {
            Assert.Empty(new SubscriberSessions(again, Seal).OpenOf(new(IdentitySamples.User("alice"), default)));
        }

        using var without = Open(null);
        Send(without, AccountingStatus.Start, 60);
        Assert.Empty(new SubscriberSessions(without, Seal).OpenOf(new(IdentitySamples.User("alice"), default)));
    }

    [Fact]
    public void A_session_that_begins_is_told_once_where_it_is_wanted()
    {
        using var ledger = Open(Seal);
        var begun = new SubscriberSessions(ledger, Seal).Watch((line, _) => line == IdentitySamples.User("alice"));

        Send(ledger, AccountingStatus.Start, 10);
        Send(ledger, AccountingStatus.Interim, 20);
        Send(ledger, AccountingStatus.Start, 30, "bob", "s2");

        Assert.True(begun.TryRead(out var session));
        Assert.Equal("s1", Text(session, SessionIdentification.AcctSessionId));
        Assert.False(begun.TryRead(out _));
        Assert.False(begun.TakeMissed());
    }

    [Fact]
    public void More_sessions_than_find_a_place_are_told_as_missed()
    {
        var begun = new StartedSessions();
        for (var i = 0; i < 2_000; i++)
        {
            begun.Add(FakeSubscriberSessions.Create((UInt128)i, "user:ann", "10.9.0.1"));
        }

        Assert.True(begun.TakeMissed());
        Assert.False(begun.TakeMissed());
    }

    private static string Text(SubscriberSession session, byte type) =>
        Encoding.UTF8.GetString(SessionIdentification.Find(session.Identification, type));

    private IdentityLedger Open(SessionSeal? seal) => new(
        new IdentityTable(new IdentityTableOptions(), IdentitySamples.Clock(100)),
        new RadiusOptions { Identifications = seal }, _counters, IdentityStore.Open(Store));

    private void Send(
        IdentityLedger ledger, AccountingStatus status, long second, string user = "alice", string session = "s1")
    {
        var intake = new RadiusIntake(
            ledger.Sessions, new RadiusOptions { Identifications = Seal }, IdentitySamples.Naming, _counters.Radius,
            IdentitySamples.Secrets);
        var packet = AccountingMaker.Create(status, user, session, second)
            .As(++_identifier).Address(user == "alice" ? "198.51.100.7" : "198.51.100.8").Packet();
        ledger.Update(() => Assert.True(intake.Handle(packet, IdentitySamples.Nas, IdentitySamples.Ms(second), out _)));
    }
}
