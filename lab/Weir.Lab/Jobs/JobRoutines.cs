// SPDX-License-Identifier: Apache-2.0
//
// Turns the plan into what each bot does when: C&C channels while it is awake, orders while they last, and once, at its
// infection, whatever brought it.
using Weir.Lab.Population;
using Weir.Lab.Traffic;

namespace Weir.Lab.Jobs;

/// <summary>Routines of all bots with jobs.</summary>
internal sealed class JobRoutines(World world, JobPlan plan, Action<long, Routine> add)
{
    private const int FloodersAtMost = 4;

    private readonly LabOptions _options = world.Options;
    private readonly Dice _dice = new(Dice.Mix(world.Options.Seed ^ 0x0DD_10B5) + 5);
    private readonly double _minuteMs = world.Options.Seconds * 1_000.0 / 1_440;

    public void Fill(List<Attack> attacks)
    {
        for (var i = 0; i < plan.Bots.Length; i++)
        {
            var (bot, life, net) = (plan.Bots[i], plan.Lives[i], plan.Nets[plan.Bots[i].Net]);
            var seen = bot.OnsetMs >= _options.StartMs;
            var begins = life.Count == 0 ? _options.EndMs : life[0].FromMs;
            var late = Begin(bot, net, seen, begins);
            foreach (var (from, until) in life)
            {
                Command(bot, net, Math.Max(from, late), until);
                Keep(bot, net, from, until);
                foreach (var order in net.Orders)
                {
                    Obey(bot, order, from, until);
                }
            }
        }

        foreach (var net in plan.Nets)
        {
            foreach (var order in net.Orders)
            {
                Attack(net, order, attacks);
            }
        }

        Innocents();
    }

    /// <summary>What a fresh infection does first; when its C&amp;Cs may be contacted.</summary>
    private long Begin(Bot bot, NetJobs net, bool seen, long at)
    {
        if (seen && net.Downloader is { } downloader)
        {
            Once(bot, downloader, at + _dice.Below(5_000));
            at += 20_000;
        }

        if (seen && _options.Jobs == LabJobs.UpdateFirst && net.Update is { } update)
        {
            Once(bot, update, at + _dice.Below(5_000));
            at += 60_000;
        }

        if (seen && _options.Jobs == LabJobs.LateCommand && net.Orders is [{ Kind: JobKind.Visits } own, ..])
        {
            foreach (var place in own.Places.Where(_ => _dice.Chance(own.Share)))
            {
                Once(bot, place, at + (long)(_dice.Share() * 40 * _minuteMs));
            }

            at += (long)(_dice.Between(45, 90) * _minuteMs);
        }

        return at;
    }

    private void Command(Bot bot, NetJobs net, long from, long until)
    {
        foreach (var place in bot.Places)
        {
            var channel = net.Channels[place];
            var (begin, end) = (Math.Max(from, channel.FromMs), Math.Min(until, channel.UntilMs));

            // A bot that wakes up tries all of its channels within minutes, whatever their pace.
            var at = begin + (long)(_dice.Share() * Math.Min(channel.PeriodMs, 3 * _minuteMs));
            if (at < end)
            {
                add(at, new(RoutineKind.Job, bot.Subscriber, place.Mark, 0, channel.PeriodMs, channel.Jitter, end)
                {
                    Shape = channel.Shape,
                });
            }
        }
    }

    /// <summary>Peers, pool and update host: kept for as long as the bot is awake.</summary>
    private void Keep(Bot bot, NetJobs net, long from, long until)
    {
        foreach (var peer in plan.Overlay?.Of(bot) ?? [])
        {
            Again(bot, peer, from, until, _dice.Between(40, 200), 1);
        }

        foreach (var peer in net.Peers.Where(_ => _dice.Chance(0.2)))
        {
            Again(bot, peer, from, until, _dice.Between(40, 200), 1);
        }

        if (net.Pool is { } pool)
        {
            Again(bot, pool, from + (long)(_dice.Between(10, 60) * _minuteMs), until, 61, 0.02);
        }

        if (net.Update is { } update)
        {
            var regular = _options.Jobs == LabJobs.UpdateFirst;
            Again(
                bot, update, from + (long)(_dice.Between(5, 60) * _minuteMs), until, regular ? 30 : 700,
                regular ? 0.1 : 0.5);
        }
    }

    private void Obey(Bot bot, JobOrder order, long from, long until)
    {
        var (begin, end) = (Math.Max(from, order.FromMs), Math.Min(until, order.UntilMs));
        if (begin >= end)
        {
            return;
        }

        if (order.Kind == JobKind.Proxy)
        {
            for (var client = _dice.Chance(order.Share) ? order.Visits : 0; client > 0; client--)
            {
                add(begin + (long)(_dice.Share() * (end - begin)), new(
                    RoutineKind.Client, bot.Subscriber, 0, 0, double.MaxValue, 0, end));
            }

            return;
        }

        foreach (var place in order.Kind is JobKind.Scan or JobKind.Flood ? [] : order.Places)
        {
            for (var visit = _dice.Chance(order.Share) ? order.Visits : 0; visit > 0; visit--)
            {
                Once(bot, place, begin + (long)(_dice.Share() * (end - begin)));
            }
        }
    }

    /// <summary>Scans and floods are events too: a few bots that are awake take part, and the truth says who.</summary>
    private void Attack(NetJobs net, JobOrder order, List<Attack> attacks)
    {
        if (order.Kind is not (JobKind.Scan or JobKind.Flood))
        {
            return;
        }

        var left = FloodersAtMost;
        for (var i = 0; i < plan.Bots.Length && left > 0; i++)
        {
            var bot = plan.Bots[i];
            if (plan.Nets[bot.Net] == net && !world.Lines[bot.Subscriber].V6
                && plan.Lives[i].Any(span => span.FromMs <= order.FromMs && span.UntilMs >= order.UntilMs))
            {
                left--;
                attacks.Add(order.Kind == JobKind.Scan
                    ? new("scan", RoutineKind.Scan, bot.Subscriber, 6, 23, -1, order.FromMs, order.UntilMs)
                    : new(
                        "flood-out", RoutineKind.UdpFlood, bot.Subscriber, 17, order.Places[0].Port,
                        order.Places[0].Number, order.FromMs, order.UntilMs));
            }
        }
    }

    /// <summary>Ordinary people at places of jobs: at some one or two.</summary>
    private void Innocents()
    {
        foreach (var place in world.Places.All.Where(place => place.Role != EndpointRole.None && _dice.Chance(0.3)))
        {
            for (var visitors = 1 + _dice.Below(2); visitors > 0; visitors--)
            {
                var line = _dice.Below(world.Lines.Length);
                if (world.Lines[line].Bot == 0 && world.Lines[line].V6 == place.V6)
                {
                    add(_options.StartMs + (long)(_dice.Share() * _options.Seconds * 1_000), new(
                        RoutineKind.Job, line, place.Mark, 0, double.MaxValue, 0, _options.EndMs) { Shape = place.Shape });
                }
            }
        }
    }

    private void Once(Bot bot, SimulatedEndpoint place, long at) =>
        add(at, new(RoutineKind.Job, bot.Subscriber, place.Mark, 0, double.MaxValue, 0, _options.EndMs)
        {
            Shape = place.Shape,
        });

    private void Again(Bot bot, SimulatedEndpoint place, long from, long until, double minutes, double jitter)
    {
        var at = from + (long)(_dice.Share() * minutes * _minuteMs / 2);
        if (at < until)
        {
            add(at, new(RoutineKind.Job, bot.Subscriber, place.Mark, 0, minutes * _minuteMs, jitter, until)
            {
                Shape = place.Shape,
            });
        }
    }
}
