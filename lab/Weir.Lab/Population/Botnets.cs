// SPDX-License-Identifier: Apache-2.0
namespace Weir.Lab.Population;

/// <summary>An infected subscriber.</summary>
/// <param name="Subscriber">Its line.</param>
/// <param name="Net">Its botnet.</param>
/// <param name="OnsetMs">When it was infected; before the run's start for some.</param>
/// <param name="Places">The C&amp;Cs it speaks to, listed and hidden.</param>
internal sealed record Bot(int Subscriber, int Net, long OnsetMs, IReadOnlyList<SimulatedEndpoint> Places);

/// <summary>Who is infected, since when, and by whom they are commanded.</summary>
internal static class Botnets
{
    private const double DeviceOdds = 8;
    private const double CommunityOdds = 3;
    private const double NatOdds = 0.3;
    private const int RiskyCommunities = 6;
    private const double InfectedBefore = 0.2;

    public static Bot[] Draw(LabOptions options, Subscriber[] lines, SimulatedEndpoints places, Dice dice)
    {
        var bots = new List<Bot>(options.Bots);
        for (var net = 0; net < options.Nets; net++)
        {
            var size = (options.Bots / options.Nets) + (net < options.Bots % options.Nets ? 1 : 0);
            var known = places.Known(net);
            var hidden = places.Hidden(net);
            var covered = (int)Math.Round(size * options.Coverage);
            foreach (var line in Infect(lines, size, places.NetIsV6(net), dice))
            {
                var contacts = new List<SimulatedEndpoint>();
                if (covered-- > 0)
                {
                    var first = dice.Below(known.Count);
                    contacts.Add(known[first]);
                    if (dice.Chance(0.5))
                    {
                        contacts.Add(known[(first + 1) % known.Count]);
                    }
                }

                foreach (var (place, share) in hidden)
                {
                    if (dice.Chance(share))
                    {
                        contacts.Add(place);
                    }
                }

                if (contacts.Count == 0)
                {
                    contacts.Add(hidden[0].Place);
                }

                var onset = dice.Chance(InfectedBefore)
                    ? options.StartMs - 86_400_000
                    : options.StartMs + (long)(options.Seconds * 1_000L * dice.Between(0.02, 0.85));
                bots.Add(new Bot(line, net, onset, contacts));
                lines[line].Bot = bots.Count;
            }
        }

        return [.. bots];
    }

    /// <summary>Draws lines by their odds: busy ones, owners of the device and some communities are
    /// infected more often.</summary>
    private static List<int> Infect(Subscriber[] lines, int count, bool v6, Dice dice)
    {
        var odds = new double[lines.Length];
        for (var i = 0; i < lines.Length; i++)
        {
            ref readonly var line = ref lines[i];
            odds[i] = line.Bot > 0 || line.V6 != v6
                ? 0
                : line.Activity * (line.Device ? DeviceOdds : 1)
                    * (line.Community < RiskyCommunities ? CommunityOdds : 1) * (line.Nat ? NatOdds : 1);
        }

        var table = new AliasTable(odds);
        var chosen = new List<int>(count);
        var taken = new HashSet<int>();
        while (chosen.Count < count)
        {
            var line = table.Draw(dice);
            if (odds[line] > 0 && taken.Add(line))
            {
                chosen.Add(line);
            }
        }

        return chosen;
    }
}
