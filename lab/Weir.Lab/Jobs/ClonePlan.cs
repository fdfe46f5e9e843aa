// SPDX-License-Identifier: Apache-2.0
//
// A real bot's copies: each uses a drawn part of the endpoints, each at times of its own, since the strings tell no
// times of day. One of its answered C&Cs is on the list.
using Weir.Lab.Population;
using Weir.Lab.Traffic;

namespace Weir.Lab.Jobs;

/// <summary>What the copies do.</summary>
internal sealed class ClonePlan
{
    /// <summary>Longest part of the run that a string's begin leaves free.</summary>
    private const double Most = 0.9;

    private readonly LabOptions _options;
    private readonly List<(SimulatedEndpoint Place, BehaviourTuple Tuple)> _places = [];
    private readonly Dice _dice;

    /// <exception cref="ArgumentException">The file is no file of behaviour strings, or has no answered C&amp;C.</exception>
    public ClonePlan(LabOptions options, SimulatedEndpoints places, Subscriber[] lines, int firstBot)
    {
        var clone = options.RealBot!;
        _options = options;
        _dice = new Dice(Dice.Mix(options.Seed ^ 0xC10_4E) + 7);
        var tuples = Read(clone);
        var hub = tuples.Where(tuple => !tuple.IsAttempt).GroupBy(tuple => tuple.Source).MaxBy(one => one.Count())!.Key;
        var own = tuples.Where(tuple => tuple.Source == hub).DistinctBy(
            tuple => (tuple.Remote, tuple.Port, tuple.Protocol)).ToArray();
        var commands = own.Where(tuple => tuple.IsCommand && !tuple.IsAttempt).ToArray();
        if (commands.Length < 2)
        {
            throw new ArgumentException($"--clone {clone.Path}: {clone.Capture} has {commands.Length} answered C&Cs; "
                + "one to list and one to find are needed", nameof(options));
        }

        var listed = commands[_dice.Below(commands.Length)];
        foreach (var tuple in own)
        {
            var role = tuple.IsCommand ? EndpointRole.Command
                : tuple.IsAttempt ? EndpointRole.Victim
                : tuple.IsAdvert ? EndpointRole.Advert
                : tuple.Port is 25 or 465 or 587 ? EndpointRole.MailExchange
                : EndpointRole.Other;
            _places.Add((places.AddReal(role, tuple == listed, tuple.Remote, (tuple.Port, tuple.Protocol)), tuple));
        }

        Bots = DrawBots(lines, firstBot);
    }

    /// <summary>The copies.</summary>
    public Bot[] Bots { get; }

    public void Fill(Action<long, Routine> add)
    {
        var (start, length) = (_options.StartMs, _options.Seconds * 1_000L);
        foreach (var bot in Bots)
        {
            foreach (var (place, tuple) in _places.Where(_ => _dice.Chance(_options.RealBot!.Share)))
            {
                var flows = BehaviourString.Flows(tuple.State, _dice);
                var span = flows.Count == 0 ? 0 : flows[^1].AfterMs;
                var room = Math.Max(1_000, length - 600_000 - (long)Math.Min(span, length * Most));
                var begin = start + 30_000 + (long)(room * _dice.Share());
                foreach (var flow in flows.TakeWhile(flow => begin + flow.AfterMs < start + length - 30_000))
                {
                    add(begin + flow.AfterMs, new(
                        RoutineKind.Job, bot.Subscriber, place.Mark, 0, double.MaxValue, 0, _options.EndMs)
                    {
                        Shape = flow.Shape,
                        Unanswered = tuple.IsAttempt,
                    });
                }
            }
        }
    }

    private static IReadOnlyList<BehaviourTuple> Read(CloneOptions clone)
    {
        try
        {
            return BehaviourString.Read(clone.Path, clone.Capture);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new ArgumentException($"--clone: {fault.Message}", nameof(clone), fault);
        }
    }

    private Bot[] DrawBots(Subscriber[] lines, int first)
    {
        var bots = new List<Bot>();
        while (bots.Count < _options.RealBot!.Lines)
        {
            var line = _dice.Below(lines.Length);
            if (lines[line] is { Bot: 0, V6: false, Nat: false })
            {
                bots.Add(new(line, _options.Nets, _options.StartMs, []));
                lines[line].Bot = first + bots.Count;
            }
        }

        return [.. bots];
    }
}
