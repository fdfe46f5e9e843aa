// SPDX-License-Identifier: Apache-2.0
using Weir.Lab.Population;

namespace Weir.Lab.Traffic;

/// <summary>Who attacks whom and when. Each victim has one attacker, so that no victim looks like a C&amp;C.</summary>
internal sealed class AttackPlan(World world, Dice dice)
{
    private const int FirstVictim = 6_000_000;
    private static readonly ushort[] FloodPorts = [7_703, 80, 53, 27_015];

    private int _victim = FirstVictim;

    public void Fill(List<Attack> attacks)
    {
        var options = world.Options;
        for (var net = 0; net < options.Nets; net++)
        {
            var ready = new Queue<Bot>(world.Bots.Where(
                bot => bot.Net == net && !world.Lines[bot.Subscriber].V6 && bot.OnsetMs < Latest(0.7)));
            ForBot(attacks, ready, "flood-out", RoutineKind.UdpFlood, 17, FloodPorts[net % FloodPorts.Length], 45_000);
            ForBot(attacks, ready, "syn-flood-out", RoutineKind.SynFlood, 6, 80, 45_000);
            ForBot(attacks, ready, "spam", RoutineKind.Spam, 6, 25, 480_000, many: true);
            ForBot(
                attacks, ready, "scan", RoutineKind.Scan, 6, net % 2 == 0 ? (ushort)23 : (ushort)445, 180_000,
                many: true);
            if (net % 4 == 3)
            {
                ForBot(attacks, ready, "spoof", RoutineKind.Spoof, 17, 80, 20_000);
            }
        }

        ForClean(attacks, "reflection-out", RoutineKind.Reflection, 53);
        ForClean(attacks, "reflection-out", RoutineKind.Reflection, 1_900);
        ForClean(attacks, "flood-in", RoutineKind.FloodIn, 53);
        ForClean(attacks, "flood-in", RoutineKind.FloodIn, 123);
    }

    private long Latest(double share) => world.Options.StartMs + (long)(world.Options.Seconds * 1_000L * share);

    private void ForBot(
        List<Attack> attacks, Queue<Bot> ready, string rule, RoutineKind deed, byte protocol, ushort port,
        long lengthMs, bool many = false)
    {
        if (ready.TryDequeue(out var bot))
        {
            Plan(
                attacks, rule, deed, bot.Subscriber, Math.Max(bot.OnsetMs, world.Options.StartMs), protocol, port,
                lengthMs, many);
        }
    }

    private void ForClean(List<Attack> attacks, string rule, RoutineKind deed, ushort port)
    {
        for (var tries = 0; tries < 1_000; tries++)
        {
            var line = dice.Below(world.Lines.Length);
            if (world.Lines[line].Bot == 0 && !world.Lines[line].V6)
            {
                Plan(
                    attacks, rule, deed, line, world.Options.StartMs, 17, port, 45_000,
                    many: deed == RoutineKind.FloodIn);
                return;
            }
        }
    }

    private void Plan(
        List<Attack> attacks, string rule, RoutineKind deed, int line, long earliest, byte protocol, ushort port,
        long lengthMs, bool many)
    {
        var room = world.Options.EndMs - earliest - lengthMs;
        if (room > 0)
        {
            var from = earliest + (long)(room * dice.Between(0.1, 0.9));
            attacks.Add(new Attack(rule, deed, line, protocol, port, many ? -1 : _victim++, from, from + lengthMs));
        }
    }
}
