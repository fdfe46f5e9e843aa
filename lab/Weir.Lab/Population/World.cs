// SPDX-License-Identifier: Apache-2.0
using Weir.Lab.Jobs;
using Weir.Wire;

namespace Weir.Lab.Population;

/// <summary>Everything that is settled before the first packet: lines, places, bots. A function
/// of the options.</summary>
internal sealed class World
{
    public World(LabOptions options)
    {
        Options = options;
        var dice = new Dice(options.Seed);
        Addressing = new Addressing(options);
        Lines = SubscriberLines.Draw(options, dice);
        Ordinary = new BackgroundEndpoints(options.Subscribers, Dice.Mix(options.Seed + 77));
        Places = new SimulatedEndpoints(options, Addressing, Lines, dice);
        Bots = Botnets.Draw(options, Lines, Places, dice);
        if (options.Jobs != LabJobs.None)
        {
            Jobs = JobPlan.Draw(options, Bots, Places, Ordinary, Lines);
            Bots = Jobs.Bots;
        }

        if (options.RealBot is not null)
        {
            Clones = new ClonePlan(options, Places, Lines, Bots.Length);
            Bots = [.. Bots, .. Clones.Bots];
        }

        if (options.FileSharing > 0)
        {
            FileSharing = new FileSharing(options, Places, Lines);
        }

        MailLines = options.Scenario == LabScenario.Mail ? TwoClean() : null;
    }

    public LabOptions Options { get; }

    public Addressing Addressing { get; }

    public Subscriber[] Lines { get; }

    public BackgroundEndpoints Ordinary { get; }

    public SimulatedEndpoints Places { get; }

    /// <summary>Infections; with jobs a line may have two.</summary>
    public Bot[] Bots { get; }

    /// <summary>What bots do besides; null in a run without jobs.</summary>
    public JobPlan? Jobs { get; }

    /// <summary>Copies of a real bot; null in a run without.</summary>
    public ClonePlan? Clones { get; }

    /// <summary>Ordinary people who share files; null in a run without.</summary>
    public FileSharing? FileSharing { get; }

    /// <summary>The two lines of the scenario <see cref="LabScenario.Mail"/>, A and B.</summary>
    public (int First, int Second)? MailLines { get; }

    public SimulatedEndpoint Place(int mark) => Places.All[mark - 1];

    public string Subject(int subscriber)
    {
        var prefix = Addressing.Subject(subscriber, Lines[subscriber].V6);
        return prefix.IsV4 ? prefix.Network.ToString() : prefix.ToString();
    }

    /// <summary>Two clean households with an IPv4 address of their own; of 200 lines a quarter at
    /// least are such.</summary>
    private (int, int) TwoClean()
    {
        int[] clean = [.. Enumerable.Range(0, Lines.Length)
            .Where(i => Lines[i] is { Bot: 0, V6: false, Nat: false, Device: false }).Take(2)];
        return (clean[0], clean[1]);
    }
}
