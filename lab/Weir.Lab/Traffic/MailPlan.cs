// SPDX-License-Identifier: Apache-2.0
//
// The case the product starts from: one subscriber floods udp/7703 while it mails and browses as people do; another
// floods udp/7703 too, and spams at line speed. The first one's mail is nobody's business; the second one's is another
// story.
using Weir.Lab.Population;

namespace Weir.Lab.Traffic;

/// <summary>Plans the two lines of the scenario <see cref="LabScenario.Mail"/>.</summary>
internal sealed class MailPlan(World world, Dice dice)
{
    public const ushort FloodPort = 7_703;

    /// <summary>Mail servers that the second line spams.</summary>
    public const int Mxs = 140;

    /// <summary>Mean time between its connections: 960 a minute.</summary>
    public const double SpamPeriodMs = 62.5;

    /// <summary>Length of one burst of a flood; each has a source port of its own.</summary>
    public const int BurstMs = 5_000;

    private const int FirstVictim = 6_500_000;
    private const int FirstMx = 7_000_000;
    private const int FloodMs = 120_000;
    private const int SpamMs = 480_000;

    /// <summary>Twelve mails an hour, to three servers.</summary>
    private const double MailPeriodMs = 300_000;
    private const double BrowsePeriodMs = 20_000;

    /// <summary>Number of a mail server in the remote address space.</summary>
    public static int Mx(int which) => FirstMx + which;

    public void Fill(List<Attack> attacks)
    {
        var (first, second) = world.MailLines!.Value;
        attacks.Add(new Attack(
            "flood-out", RoutineKind.FloodBursts, first, 17, FloodPort, FirstVictim, At(0.4), At(0.4) + FloodMs));
        attacks.Add(new Attack(
            "flood-out", RoutineKind.FloodBursts, second, 17, FloodPort, FirstVictim + 1, At(0.5), At(0.5) + FloodMs));

        // Both at once, so that only what was done can tell them apart.
        attacks.Add(new Attack(
            "spam", RoutineKind.SpamRun, second, Tcp.Number, 25, -1, At(0.5) - 60_000, At(0.5) - 60_000 + SpamMs));
    }

    /// <summary>What both do besides.</summary>
    public IEnumerable<(long AtMs, Routine Routine)> Habits()
    {
        var end = world.Options.EndMs;
        var (first, second) = world.MailLines!.Value;
        foreach (var line in new[] { first, second })
        {
            yield return (world.Options.StartMs + dice.Below((int)BrowsePeriodMs), new Routine(
                RoutineKind.Browse, line, 0, 0, BrowsePeriodMs, 1, end));
        }

        yield return (world.Options.StartMs + dice.Below((int)MailPeriodMs), new Routine(
            RoutineKind.Mail, first, 0, 0, MailPeriodMs, 0.3, end));
    }

    private long At(double share) => world.Options.StartMs + (long)(world.Options.Seconds * 1_000L * share);
}
