// SPDX-License-Identifier: Apache-2.0
using Weir.Lab.Jobs;
using Weir.Lab.Population;

namespace Weir.Lab.Traffic;

/// <summary>All routines of the run, by the time of their next turn.</summary>
internal sealed class RoutineScheduler
{
    private const double UsualPeriodMs = 300_000;

    private readonly PriorityQueue<Routine, (long AtMs, int Order)> _queue = new();
    private readonly World _world;
    private readonly LabOptions _options;
    private readonly Dice _dice;
    private readonly List<Attack> _attacks = [];
    private readonly double _spanMs;
    private int _order;

    public RoutineScheduler(World world, Dice dice)
    {
        _world = world;
        _options = world.Options;
        _dice = dice;
        _spanMs = _options.Seconds * 1_000.0;
        if (world.Jobs is { } jobs)
        {
            new JobRoutines(world, jobs, (at, routine) => Add(at, routine)).Fill(_attacks);
            PlanHelpers();
        }
        else
        {
            PlanBots();
        }

        world.Clones?.Fill((at, routine) => Add(at, routine));
        world.FileSharing?.Fill((at, routine) => Add(at, routine));
        PlanOwners();
        PlanInnocents();
        PlanNoise();
        if (_options.Scenario == LabScenario.Mail)
        {
            var plan = new MailPlan(world, dice);
            plan.Fill(_attacks);
            foreach (var (at, routine) in plan.Habits())
            {
                Add(at, routine);
            }
        }
        else if (_options.Attacks)
        {
            new AttackPlan(world, dice).Fill(_attacks);
        }

        for (var i = 0; i < _attacks.Count; i++)
        {
            var attack = _attacks[i];
            var period = attack.Deed switch
            {
                RoutineKind.Spam => 500,
                RoutineKind.Scan => 100,
                RoutineKind.Spoof => 20,
                RoutineKind.SpamRun => MailPlan.SpamPeriodMs,
                RoutineKind.FloodBursts => MailPlan.BurstMs,
                _ => double.MaxValue
            };
            Add(attack.FromMs, new Routine(
                attack.Deed, attack.Subscriber, 0, i + 1, period, attack.Deed == RoutineKind.FloodBursts ? 0 : 0.5,
                attack.UntilMs));
        }
    }

    public IReadOnlyList<Attack> Attacks => _attacks;

    public bool TryTake(long beforeMs, out Routine routine, out long atMs)
    {
        if (!_queue.TryPeek(out routine, out var key) || key.AtMs >= beforeMs)
        {
            atMs = 0;
            return false;
        }

        atMs = key.AtMs;
        _queue.Dequeue();
        var next = atMs + routine.Gap(_dice);
        if (routine.PeriodMs < double.MaxValue && next < routine.UntilMs)
        {
            Add(next, routine);
        }

        return true;
    }

    private void Add(long atMs, in Routine routine) => _queue.Enqueue(routine, (atMs, _order++));

    /// <summary>Malware's benign helpers, as beside beacons.</summary>
    private void PlanHelpers()
    {
        var helpers = _world.Places.GetByKind(SimulatedEndpointKind.Helper);
        foreach (var bot in _world.Bots)
        {
            PlanHelpers(bot, helpers);
        }
    }

    private void PlanHelpers(Bot bot, IReadOnlyList<SimulatedEndpoint> helpers)
    {
        var from = Math.Max(bot.OnsetMs, _options.StartMs);
        foreach (var helper in helpers)
        {
            if (helper.V6 == _world.Lines[bot.Subscriber].V6 && _dice.Chance(0.6))
            {
                var period = _spanMs / 4;
                Add(from + (long)(_dice.Share() * _spanMs / 50), new Routine(
                    RoutineKind.Visit, bot.Subscriber, helper.Mark, 0, period, 1, _options.EndMs));
            }
        }
    }

    /// <summary>Beacons from the onset to the end; the benign helpers of malware now and then.</summary>
    private void PlanBots()
    {
        var helpers = _world.Places.GetByKind(SimulatedEndpointKind.Helper);
        foreach (var bot in _world.Bots)
        {
            var from = Math.Max(bot.OnsetMs, _options.StartMs);
            foreach (var place in bot.Places)
            {
                var period = Math.Min(UsualPeriodMs, Math.Max(5_000, _spanMs / 288))
                    * (0.8 + (0.4 * (Dice.Mix((ulong)place.Mark) % 100) / 100));
                Add(from + (long)(_dice.Share() * 2 * period), new Routine(
                    RoutineKind.Beacon, bot.Subscriber, place.Mark, 0, period, 0.1, _options.EndMs));
            }

            PlanHelpers(bot, helpers);
        }
    }

    /// <summary>The vendor's device calls its cloud twelve times a run and place, from the first day.</summary>
    private void PlanOwners()
    {
        var vendors = _world.Places.GetByKind(SimulatedEndpointKind.Vendor);
        for (var line = 0; line < _world.Lines.Length; line++)
        {
            if (!_world.Lines[line].Device)
            {
                continue;
            }

            foreach (var vendor in vendors)
            {
                if (vendor.V6 == _world.Lines[line].V6 && _dice.Chance(0.95))
                {
                    Add(RandomTime(12), new Routine(
                        RoutineKind.Visit, line, vendor.Mark, 0, _spanMs / 12, 0.3, _options.EndMs));
                }
            }
        }
    }

    /// <summary>Clean subscribers at the helpers, on shared hosts, at wrong list entries, and a few strays at
    /// dedicated C&amp;Cs.</summary>
    private void PlanInnocents()
    {
        foreach (var place in _world.Places.All)
        {
            var count = place.Kind switch
            {
                SimulatedEndpointKind.Helper or SimulatedEndpointKind.HiddenShared =>
                    (int)Math.Ceiling(place.OthersShare * _world.Lines.Length),
                SimulatedEndpointKind.HiddenDedicated => _dice.Below(3),
                SimulatedEndpointKind.WrongEntry when place.OthersShare > 0 =>
                    (int)(place.OthersShare * _world.Lines.Length),
                SimulatedEndpointKind.WrongEntry when place.Mark % 5 != 0 => 2 + _dice.Below(4),
                _ => 0,
            };
            for (var i = 0; i < count; i++)
            {
                if (TryClean(place.V6, out var line))
                {
                    Add(RandomTime(1), new Routine(
                        RoutineKind.Visit, line, place.Mark, 0, _spanMs / 2, 1, _options.EndMs));
                }
            }
        }
    }

    /// <summary>What listed addresses and clean subscribers do to each other without any infection.</summary>
    private void PlanNoise()
    {
        var known = _world.Places.GetByKind(SimulatedEndpointKind.KnownCnc);
        var noisy = _world.Places
            .GetByKind(SimulatedEndpointKind.ListedOnly).Take(200).Concat(known.Where(place => !place.V6)).ToArray();
        for (var i = Math.Max(1, _world.Lines.Length / 2); i > 0; i--)
        {
            if (TryClean(false, out var line))
            {
                Add(RandomTime(1), new Routine(
                    RoutineKind.Radiation, line, noisy[_dice.Below(noisy.Length)].Mark, 0, double.MaxValue, 0,
                    _options.EndMs));
            }
        }

        for (var i = Math.Max(2, _world.Lines.Length / 200); i > 0; i--)
        {
            var place = known[_dice.Below(known.Count)];
            if (TryClean(place.V6, out var line))
            {
                Add(RandomTime(1), new Routine(
                    i % 2 == 0 || place.Protocol != Tcp.Number ? RoutineKind.Attempt : RoutineKind.Backscatter, line,
                    place.Mark, 0, double.MaxValue, 0, _options.EndMs));
            }
        }
    }

    private bool TryClean(bool v6, out int line)
    {
        for (var tries = 0; tries < 1_000; tries++)
        {
            line = _dice.Below(_world.Lines.Length);
            if (_world.Lines[line].Bot == 0 && _world.Lines[line].V6 == v6)
            {
                return true;
            }
        }

        line = -1;
        return false;
    }

    private long RandomTime(double parts) => _options.StartMs + (long)(_dice.Share() * _spanMs / parts);
}
