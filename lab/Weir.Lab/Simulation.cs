// SPDX-License-Identifier: Apache-2.0
//
// The run: slice after slice of simulated time, ordinary visits first (a Poisson stream over all lines, each drawn by
// its activity), then the routines that are due, then what the routers export in that slice, in order of time. Memory
// holds one slice and the flows that are still open, never the run.
using Weir.Lab.Export;
using Weir.Lab.Population;
using Weir.Lab.Telling;
using Weir.Lab.Traffic;
using Weir.Wire;

namespace Weir.Lab;

/// <summary>A seeded access provider whose routers export to a sink.</summary>
public sealed class Simulation
{
    /// <summary>Flow records that an ordinary visit costs on average: two directions, cut at the
    /// active timeout.</summary>
    private const double RecordsPerVisit = 2.15;

    private readonly LabOptions _options;
    private readonly World _world;

    /// <summary>Settles lines, places and bots. Throws <see cref="ArgumentException"/> where the
    /// options have faults.</summary>
    public Simulation(LabOptions options)
    {
        if (options.Faults() is [var fault, ..])
        {
            throw new ArgumentException(fault, nameof(options));
        }

        _options = options;
        _world = new World(options);
    }

    internal World World => _world;

    /// <summary>The provider's own networks.</summary>
    public IReadOnlyList<Prefix> Networks => [.. _world.Addressing.Networks()];

    /// <summary>The list: C&amp;Cs with their port, other rows by address alone, in an order that
    /// tells nothing.</summary>
    public IReadOnlyList<string> Watchlist() =>
        [.. _world.Places.All.Where(place => place.Listed)
            .OrderBy(place => Dice.Mix(_options.Seed ^ (ulong)place.Number))
            .Select(place => place.Port == 0 || place.V6 ? place.Address.ToString() : $"{place.Address}:{place.Port}")];

    /// <summary>Addresses that the allow-list should hold: popular ones that the list names wrongly.</summary>
    public IReadOnlyList<string> AllowList() =>
        [.. _world.Places.All.Where(place => place.Kind == SimulatedEndpointKind.WrongEntry && place.OthersShare > 0)
            .Select(place => place.Address.ToString())];

    /// <summary>The file of a scenario's records in a folder; null where the scenario is about no lines
    /// in particular.</summary>
    internal LabRecords? RecordsIn(string folder) =>
        _world.MailLines is { } lines ? new(Path.Combine(folder, LabRecords.FileName), _world, lines) : null;

    /// <summary>Runs to the end; <paramref name="progress"/> hears the simulated share that is done.</summary>
    public Truth Run(IDatagramSink sink, Action<double>? progress = null, CancellationToken cancel = default) =>
        Run(sink, null, null, progress, cancel);

    internal Truth Run(
        IDatagramSink sink, Action<PendingRecord>? witness, LabRecords? records = null, Action<double>? progress = null,
        CancellationToken cancel = default)
    {
        var dice = new Dice(Dice.Mix(_options.Seed) + 1);
        var sliceMs = Math.Clamp(_options.Seconds * 1_000L / 1_440, 1_000, 60_000);
        var slices = (int)((_options.Seconds * 1_000L / sliceMs) + (2 * Router.ActiveTimeoutMs / sliceMs) + 2);
        var calendar = new ExportSchedule(_options.StartMs, sliceMs, slices);
        var talk = new ConversationGenerator(_world, new Router(_options, calendar, dice), dice);
        var agenda = new RoutineScheduler(_world, dice);
        var ledger = new Ledger(_options.Interval);
        var encoders = Encoders(sink);
        var lines = new AliasTable(Array.ConvertAll(_world.Lines, line => (double)line.Activity));
        var visits = Visits() / _options.Seconds / 1_000;

        void Export(PendingRecord[] told, ReadOnlySpan<ulong> order)
        {
            foreach (var place in order)
            {
                ref readonly var one = ref told[ExportSchedule.IndexOf(place)];
                var encoder = encoders[one.Subscriber % encoders.Length];
                if (_options.Protocol == ExportProtocol.NetFlow5 && !one.Record.Source.IsV4)
                {
                    continue;
                }

                ledger.Add(one);
                witness?.Invoke(one);
                records?.Add(one, agenda.Attacks);
                encoder.Add(one.Record, one.ExportMs);
            }
        }

        for (var slice = 0; slice < slices; slice++)
        {
            cancel.ThrowIfCancellationRequested();
            var from = _options.StartMs + (slice * sliceMs);
            var until = Math.Min(from + sliceMs, _options.EndMs);
            if (from < until)
            {
                for (var left = dice.Poisson(visits * (until - from) * HourFactor((from + until) / 2));
                    left > 0;
                    left--)
                {
                    talk.Ordinary(lines.Draw(dice), from + dice.Below((int)(until - from)));
                }

                while (agenda.TryTake(until, out var routine, out var at))
                {
                    talk.Perform(routine, at, routine.Attack == 0 ? null : agenda.Attacks[routine.Attack - 1]);
                }
            }

            calendar.Drain(slice, Export);
            foreach (var encoder in encoders)
            {
                encoder.FlushStale(from + sliceMs);
            }

            progress?.Invoke((slice + 1.0) / slices);
        }

        foreach (var encoder in encoders)
        {
            encoder.Flush(_options.StartMs + (slices * sliceMs));
        }

        return TruthWriter.Create(_world, ledger, agenda.Attacks, encoders);
    }

    /// <summary>Ordinary visits of the whole run: what the target leaves after bots and device owners.</summary>
    private double Visits()
    {
        var bots = _options.Bots * 3.0 * Math.Min(288, _options.Seconds / 5.0) * 0.6 * 2;
        var owners = _options.Subscribers * SubscriberLines.DeviceShare * SimulatedEndpoints.Vendors * 12 * 2;
        return Math.Max(_options.TargetFlows / 10.0, _options.TargetFlows - bots - owners) / RecordsPerVisit;
    }

    /// <summary>Evenings are busy, nights are not; runs of less than half a day are even.</summary>
    private double HourFactor(long atMs) => _options.Seconds < 43_200
        ? 1
        : 1 + (0.6 * Math.Sin(((atMs / 3_600_000.0 % 24) - 13) / 24 * 2 * Math.PI));

    private FlowEncoder[] Encoders(IDatagramSink sink)
    {
        var encoders = new FlowEncoder[_options.Exporters];
        var settings =
            new EncoderOptions { SamplingInterval = _options.Interval, TemplateEvery = _options.TemplateEvery };
        for (var i = 0; i < encoders.Length; i++)
        {
            var exporter = new Exporter(
                IpKey.FromV4(0xC000_020A + (uint)i), (uint)(i + 1), _options.StartMs - ((i + 3) * 86_400_000L / 4));
            encoders[i] = FlowEncoder.For(_options.Protocol, exporter, settings, sink);
        }

        return encoders;
    }
}
