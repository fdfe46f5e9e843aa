// SPDX-License-Identifier: Apache-2.0
//
// The laboratory whose bots live: what every net is for, when each bot is awake, which lines have a second infection.
// Drawn from a seed of its own, so that a run without jobs is the same octets as ever.
using Weir.Lab.Population;

namespace Weir.Lab.Jobs;

/// <summary>Jobs of all nets and lives of all bots.</summary>
internal sealed class JobPlan
{
    private const double SecondFamily = 0.15;
    private const double MovingShare = 0.8;

    private JobPlan(
        Bot[] bots, NetJobs[] nets, IReadOnlyList<(long FromMs, long UntilMs)>[] lives, PeerOverlay? overlay) =>
        (Bots, Nets, Lives, Overlay) = (bots, nets, lives, overlay);

    /// <summary>All infections: a line with two families stands here twice, the first one first.</summary>
    public Bot[] Bots { get; }

    public NetJobs[] Nets { get; }

    /// <summary>By index of the bot.</summary>
    public IReadOnlyList<(long FromMs, long UntilMs)>[] Lives { get; }

    /// <summary>The net without a server; null in a run without.</summary>
    public PeerOverlay? Overlay { get; }

    public static JobPlan Draw(
        LabOptions options, Bot[] first, SimulatedEndpoints places, BackgroundEndpoints ordinary, Subscriber[] lines)
    {
        var dice = new Dice(Dice.Mix(options.Seed ^ 0x10B5) + 3);
        NetJobs[] nets = [.. Enumerable.Range(0, options.Nets)
            .Select(net => new NetJobs(options, places, ordinary, net, dice))];
        var from = options.Jobs == LabJobs.PeersOnly ? 1 : 0;
        for (var net = from; net + 1 < nets.Length; net += 2)
        {
            // Two nets whose malware comes from one place; on one address family only.
            if (places.NetIsV6(net) == places.NetIsV6(net + 1) && (net == from || dice.Chance(0.5)))
            {
                nets[net].Downloader = nets[net + 1].Downloader = places.AddJob(
                    EndpointRole.Downloader, net, (80, 6), Shape.File);
            }
        }

        Bot[] bots = [.. WithSecond(options, first, places, lines, dice)
            .Select(bot => Moved(options, bot, nets[bot.Net], dice))];
        var lives = bots.Select(bot => BotLife.Draw(bot, options, dice)).ToArray();
        return new(bots, nets, lives, options.Jobs == LabJobs.PeersOnly
            ? PeerOverlay.Draw(0, [.. bots.Where(bot => bot.Net == 0)], places, dice) : null);
    }

    /// <summary>Some lines are infected by another family too, some time later.</summary>
    private static List<Bot> WithSecond(
        LabOptions options, Bot[] first, SimulatedEndpoints places, Subscriber[] lines, Dice dice)
    {
        List<Bot> all = [.. first];
        foreach (var bot in options.Nets < 2 ? [] : first)
        {
            var other = (bot.Net + 1 + dice.Below(options.Nets - 1)) % options.Nets;
            if (!dice.Chance(SecondFamily) || places.NetIsV6(other) != lines[bot.Subscriber].V6)
            {
                continue;
            }

            var known = places.Known(other);
            List<SimulatedEndpoint> contacts = dice.Chance(options.Coverage) ? [known[dice.Below(known.Count)]] : [];
            contacts.AddRange(places.Hidden(other).Where(one => dice.Chance(one.Share)).Select(one => one.Place));
            if (contacts.Count > 0)
            {
                var after = Math.Max(bot.OnsetMs, options.StartMs);
                all.Add(new(
                    bot.Subscriber, other, after + (long)((options.EndMs - after) * dice.Between(0.05, 0.4)), contacts));
            }
        }

        return all;
    }

    private static Bot Moved(LabOptions options, Bot bot, NetJobs net, Dice dice)
    {
        var onset = options.Jobs == LabJobs.CampaignFirst && dice.Chance(0.6)
            ? options.StartMs - 86_400_000
            : bot.OnsetMs;
        return options.Jobs == LabJobs.PeersOnly && bot.Net == 0
            ? bot with { Places = [.. bot.Places.Where(place => place.Listed)] }
            : bot with
            {
                OnsetMs = onset,
                Places = net.Moving.Count > 0 && dice.Chance(MovingShare) ? [.. bot.Places, .. net.Moving] : bot.Places,
            };
    }
}
