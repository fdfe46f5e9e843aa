// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Tables;

namespace Weir.Tests.Vault.Identity;

/// <summary>
/// A simple world as the reference: a few addresses, each had by one line after another; every session sends a start,
/// interims and a stop. The requests reach the table out of order, some twice, some not at all. What the table confirms
/// must be true, and what it knows must not depend on the order.
/// </summary>
public class RadiusReferenceTests
{
    private const int LastSecond = 1_000;
    private static readonly string[] Addresses = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];

    private sealed record Hold(int Session, string User, string Address, int From, int Until);

    private sealed record Message(int Session, AccountingStatus Status, string User, string Address, int Second);

    private sealed record World(IReadOnlyList<Hold> Holds, IReadOnlyList<Message> Sent);

    [Property(MaxTest = 150)]
    public Property What_is_confirmed_is_true_whatever_is_lost_doubled_or_reordered() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var dice = new Random(seed);
            var world = Make(dice);
            var table = Deliver([.. Shuffled(
                world.Sent.Where(_ => dice.Next(100) < 75).SelectMany(m => dice.Next(10) == 0 ? [m, m] : new[] { m }),
                dice)]);
            for (var i = 0; i < 200; i++)
            {
                var (address, second) = (Addresses[dice.Next(Addresses.Length)], dice.NextDouble() * LastSecond);

                // RADIUS tells whole seconds: within the second of a change nobody can say more.
                var changing = world.Holds.Any(
                    h => h.Address == address && ((int)second == h.From || (int)second == h.Until));
                if (!changing && table.CodeOf(address, second) == "confirmed")
                {
                    var truth = world.Holds.SingleOrDefault(
                        h => h.Address == address && h.From <= second && second < h.Until);
                    Assert.True(truth is not null, $"{seed}: nobody had {address} at {second}");
                    Assert.Equal(IdentitySamples.User(truth.User), table.LineOf(address, second));
                }
            }
        });

    [Property(MaxTest = 100)]
    public Property With_nothing_lost_every_second_inside_a_session_is_known_and_no_other() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var dice = new Random(seed);
            var world = Make(dice);
            var table = Deliver([.. Shuffled(world.Sent, dice)]);
            for (var i = 0; i < 200; i++)
            {
                var (address, second) = (Addresses[dice.Next(Addresses.Length)], dice.Next(LastSecond) + 0.5);
                var truth = world.Holds.SingleOrDefault(
                    h => h.Address == address && h.From <= second && second < h.Until);
                var left = world.Holds.SingleOrDefault(h => h.Address == address && h.Until == (int)second);
                if (left is not null)
                {
                    Assert.Equal(
                        truth is null || truth.User == left.User ? "confirmed" : "overlapping",
                        table.CodeOf(address, second));
                }
                else
                {
                    Assert.Equal(truth is null ? "no-lease" : "confirmed", table.CodeOf(address, second));
                    Assert.Equal(
                        truth is null ? null : IdentitySamples.User(truth.User), table.LineOf(address, second));
                }
            }
        });

    /// <summary>Worlds in which two lines are heard first in the same second, after a silent one: whichever came in
    /// first decided once.</summary>
    [Theory]
    [InlineData(1064)]
    [InlineData(1243)]
    [InlineData(1271)]
    public void The_order_of_arrival_does_not_matter_where_two_are_heard_in_one_second(int seed)
    {
        var dice = new Random(seed);
        var kept = Make(dice).Sent.Where(_ => dice.Next(100) < 80).ToList();
        var once = Deliver(kept);
        var again = Deliver([.. Shuffled(kept, dice)]);
        for (var i = 0; i < 2 * LastSecond * Addresses.Length; i++)
        {
            var (address, second) = (Addresses[i % Addresses.Length], i / Addresses.Length / 2.0);
            Assert.Equal(once.CodeOf(address, second), again.CodeOf(address, second));
            Assert.Equal(once.LineOf(address, second), again.LineOf(address, second));
        }
    }

    [Property(MaxTest = 100)]
    public Property The_order_of_arrival_does_not_matter() => Prop.ForAll(
        Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var dice = new Random(seed);
            var kept = Make(dice).Sent.Where(_ => dice.Next(100) < 80).ToList();
            var once = Deliver(kept);
            var again = Deliver([.. Shuffled(kept, dice)]);
            for (var i = 0; i < 200; i++)
            {
                var (address, second) = (Addresses[dice.Next(Addresses.Length)], dice.NextDouble() * LastSecond);
                Assert.Equal(once.CodeOf(address, second), again.CodeOf(address, second));
                Assert.Equal(once.LineOf(address, second), again.LineOf(address, second));
            }
        });

    private static World Make(Random dice)
    {
        var holds = new List<Hold>();
        var sent = new List<Message>();
        foreach (var address in Addresses)
        {
            for (var at = dice.Next(50); at < LastSecond - 10;)
            {
                var until = Math.Min(LastSecond, at + 1 + dice.Next(300));
                var hold = new Hold(holds.Count, $"user{dice.Next(6)}", address, at, until);
                holds.Add(hold);
                sent.Add(new Message(hold.Session, AccountingStatus.Start, hold.User, address, at));
                for (var interim = at + 60; interim < until; interim += 60)
                {
                    sent.Add(new Message(hold.Session, AccountingStatus.Interim, hold.User, address, interim));
                }

                sent.Add(new Message(hold.Session, AccountingStatus.Stop, hold.User, address, until));
                at = until + (dice.Next(3) == 0 ? 0 : dice.Next(120));
            }
        }

        return new World(holds, sent);
    }

    private static List<Message> Shuffled(IEnumerable<Message> messages, Random dice) =>
        [.. messages.OrderBy(_ => dice.Next())];

    private static IdentityTable Deliver(IReadOnlyList<Message> messages)
    {
        var table = new IdentityTable(new IdentityTableOptions(), IdentitySamples.Clock(LastSecond + 100));
        var terms = new RadiusOptions { InterimInterval = TimeSpan.FromSeconds(60) };
        var counters = new RadiusCounters();
        var intake = new RadiusIntake(
            new RadiusSessions(table, terms, counters), terms, IdentitySamples.Naming, counters,
            IdentitySamples.Secrets);
        foreach (var (message, index) in messages.Select((m, i) => (m, i)))
        {
            var packet = AccountingMaker.Create(message.Status, message.User, $"s{message.Session}", message.Second)
                .Address(message.Address).As((byte)index).Packet();
            Assert.True(intake.Handle(packet, IdentitySamples.Nas, IdentitySamples.Ms(LastSecond), out _));
        }

        Assert.Equal(messages.Count, counters.Received);
        Assert.Equal(counters.Received, counters.Ended);
        Assert.Equal(0, counters.Malformed + counters.Forged + counters.Refused);
        return table;
    }
}
