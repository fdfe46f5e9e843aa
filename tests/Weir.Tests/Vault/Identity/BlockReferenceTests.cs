// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Weir.Desk.Reporting.Html;
using Weir.Vault.Identity.Cgnat;
using Weir.Vault.Identity.Dhcp;
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Tests.Vault.Identity;

/// <summary>
/// Port blocks and DHCP leases against a simple world: one line after another has a block or an address. Records are
/// lost, doubled and (for blocks) reordered. What is confirmed is true, but for one thing nobody could tell, because
/// blocks have no session: a line that gave its block back and got it again, unheard both times, seems to have kept it.
/// Whoever had it in between and was heard of even once breaks that.
/// </summary>
public class BlockReferenceTests
{
    private const int LastSecond = 1_000;

    private sealed record Hold(int Who, int From, int Until);

    [Property(MaxTest = 300)]
    public Property A_confirmed_block_is_true_whatever_is_lost_doubled_or_reordered() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var dice = new Random(seed);
            var world = Make(dice);
            var table = Table();
            var counters = new RecordCounters();
            var book = new PortBlockTracker(table, counters);
            var heard = new HashSet<Hold>();
            var sent = world.SelectMany(h => new[] { (h, IsRelease: false), (h, IsRelease: true) })
                .Where(_ => dice.Next(100) < 80).SelectMany(e => dice.Next(8) == 0 ? [e, e] : new[] { e });
            foreach (var (hold, isRelease) in sent.OrderBy(e => (e.IsRelease ? e.h.Until : e.h.From) + dice.Next(200)))
            {
                var at = IdentitySamples.Ms(isRelease ? hold.Until : hold.From);
                heard.Add(hold);
                book.Handle(
                    new PortBlockEvent(
                        IpKey.Parse("198.51.100.1"), 1024, 2047, default, Line(hold.Who), isRelease, at, 1_000),
                    at, live: true);
            }

            Assert.Equal(0, counters.Refused + counters.Malformed);
            Check(seed, [.. world.Where(heard.Contains)], world, dice, second =>
                (table.CodeOf("198.51.100.1", second, 1_500), table.LineOf("198.51.100.1", second, 1_500)));
        });

    [Property(MaxTest = 300)]
    public Property A_confirmed_lease_is_true_whatever_rows_are_lost_or_doubled() =>
        Prop.ForAll(Arb.From(Gen.Choose(0, int.MaxValue)), seed =>
        {
            var dice = new Random(seed);
            var world = Make(dice);
            var table = Table();
            var book = new DhcpLeaseTracker(table, new RecordCounters());
            foreach (var hold in world)
            {
                // Renewed every 30 s for 60 s; given back at its end. The last renewal before the end promises more
                // than was kept.
                for (var at = hold.From; at < hold.Until; at += 30)
                {
                    for (var times = dice.Next(100) < 80 ? 1 + dice.Next(2) : 0; times > 0; times--)
                    {
                        book.Lease(
                            Prefix.Parse("198.51.100.7"), Line(hold.Who), IdentitySamples.Ms(at),
                            IdentitySamples.Ms(at + 60));
                    }
                }

                book.End(
                    Prefix.Parse("198.51.100.7"), Line(hold.Who), IdentitySamples.Ms(hold.Until),
                    IdentitySamples.Ms(hold.Until));
            }

            Check(seed, world, world, dice, second =>
                (table.CodeOf("198.51.100.7", second), table.LineOf("198.51.100.7", second)));
        });

    private static void Check(
        int seed, List<Hold> known, List<Hold> world, Random dice,
        Func<double, (string Code, SubscriberLineName? Line)> ask)
    {
        for (var i = 0; i < 100; i++)
        {
            var second = dice.NextDouble() * LastSecond;
            if (world.Any(h => (int)second == h.From || (int)second == h.Until))
            {
                continue;
            }

            var (code, line) = ask(second);
            if (code == "confirmed")
            {
                var truth = known.SingleOrDefault(h => h.From <= second && second < h.Until);
                var before = known.LastOrDefault(h => h.Until <= second);
                var after = known.FirstOrDefault(h => h.From > second);
                Assert.True(
                    truth is not null ? line == Line(truth.Who) : before is not null
                        && after is not null && before.Who == after.Who && line == Line(before.Who),
                    $"{seed}: {line} is confirmed at {second}, truth {truth}, before {before}, after {after}");
            }
        }
    }

    private static List<Hold> Make(Random dice)
    {
        var holds = new List<Hold>();
        for (var at = dice.Next(50); at < LastSecond - 10;)
        {
            var until = Math.Min(LastSecond, at + 2 + dice.Next(200));
            holds.Add(new Hold(dice.Next(4), at, until));
            at = until + 1 + dice.Next(100);
        }

        return holds;
    }

    private static SubscriberLineName Line(int who) => new($"customer:{who}");

    private static IdentityTable Table() => new(new IdentityTableOptions(), IdentitySamples.Clock(LastSecond + 100));
}
