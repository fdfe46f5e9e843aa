// SPDX-License-Identifier: Apache-2.0
//
// What one botnet is for. Its C&Cs speak in different ways, some move during the run; it is given orders (visits to
// advertising, spam, scans, floods, downloads, proxying) at times of its own; its bots may keep peers, mine for a pool,
// ask an update host. Most endpoints of a job are used by few others or nobody; some are ordinary people's too.
using Weir.Lab.Population;

namespace Weir.Lab.Jobs;

/// <summary>The jobs of a net, drawn.</summary>
internal sealed class NetJobs
{
    private const double OrdinaryAdverts = 0.15;

    private static readonly (ushort Port, byte Protocol)[] MovingServices =
        [(443, 6), (8_443, 6), (7_000, 6), (80, 6), (2_222, 6)];

    private static readonly (ushort Port, byte Protocol)[] PoolServices = [(3_333, 6), (14_444, 6), (5_555, 6)];

    private readonly LabOptions _options;
    private readonly SimulatedEndpoints _places;
    private readonly BackgroundEndpoints _ordinary;
    private readonly Dice _dice;
    private readonly int _net;

    /// <summary>A minute of a day-long run; shorter runs are whole stories too.</summary>
    private readonly double _minuteMs;

    public NetJobs(
        LabOptions options, SimulatedEndpoints places, BackgroundEndpoints ordinary, int net, Dice dice)
    {
        (_options, _places, _ordinary, _net, _dice) = (options, places, ordinary, net, dice);
        _minuteMs = options.Seconds * 1_000.0 / 1_440;
        foreach (var place in places.Known(net).Concat(places.Hidden(net).Select(one => one.Place)))
        {
            Channels[place] = DrawChannel(place.Protocol, options.StartMs, options.EndMs);
        }

        if (options.Jobs == LabJobs.PeersOnly && net == 0)
        {
            return;
        }

        Moving = dice.Chance(0.4) ? DrawMoving() : [];
        Orders = [.. DrawOrders()];
        Peers = dice.Chance(0.25) ? DrawMany(150, EndpointRole.Peer, Shape.Gossip, () => HighUdp()) : [];
        Pool = dice.Chance(0.3)
            ? places.AddJob(EndpointRole.Pool, net, PoolServices[dice.Below(PoolServices.Length)],
                new(240, 110, 130, (int)(60 * _minuteMs), 0.3))
            : null;
        Update = options.Jobs == LabJobs.UpdateFirst || dice.Chance(0.6)
            ? places.AddJob(EndpointRole.Update, net, (443, 6), new(40, 80, 1_200, 3_000, 0.5))
            : null;
    }

    public Dictionary<SimulatedEndpoint, Channel> Channels { get; } = [];

    /// <summary>C&amp;Cs that follow one another; a bot uses all of them or none.</summary>
    public IReadOnlyList<SimulatedEndpoint> Moving { get; } = [];

    public IReadOnlyList<JobOrder> Orders { get; } = [];

    public IReadOnlyList<SimulatedEndpoint> Peers { get; } = [];

    public SimulatedEndpoint? Pool { get; }

    public SimulatedEndpoint? Update { get; }

    /// <summary>Brings the malware; may be another net's as well.</summary>
    public SimulatedEndpoint? Downloader { get; set; }

    private Channel DrawChannel(byte protocol, long from, long until)
    {
        var jitter = _dice.Between(0.05, 0.3);
        if (protocol != Traffic.Tcp.Number)
        {
            return new(Shape.Datagram, _dice.Between(2, 8) * _minuteMs, jitter, from, until);
        }

        return _dice.Below(4) switch
        {
            // An IRC channel: connections of an hour or so, a ping every 90 seconds.
            0 => new(
                new(40, 60, 70, (int)(_dice.Between(30, 90) * _minuteMs), 0.2), _dice.Between(60, 100) * _minuteMs,
                0.2, from, until),

            // One connection for hours that hardly speaks.
            1 => new(
                new(50, 66, 66, (int)(240 * _minuteMs), 0.1), 245 * _minuteMs, 0.02, from, until),
            2 => new(Shape.Beacon, _dice.Between(40, 80) * _minuteMs, jitter, from, until),
            _ => new(Shape.Beacon, _dice.Between(2, 10) * _minuteMs, jitter, from, until),
        };
    }

    private List<SimulatedEndpoint> DrawMoving()
    {
        var count = 3 + _dice.Below(3);
        var service = MovingServices[_dice.Below(MovingServices.Length)];
        var moving = new List<SimulatedEndpoint>();
        var span = (_options.EndMs - _options.StartMs) / count;
        for (var i = 0; i < count; i++)
        {
            var place = _places.AddCommand(_net, service);
            var from = _options.StartMs + (i * span);
            Channels[place] = new(Shape.Beacon, _dice.Between(3, 12) * _minuteMs, 0.2, from, from + span);
            moving.Add(place);
        }

        return moving;
    }

    private IEnumerable<JobOrder> DrawOrders()
    {
        var visits = _options.Jobs is LabJobs.LateCommand or LabJobs.CampaignFirst || _dice.Chance(0.75)
            ? 1 + _dice.Below(3)
            : 0;
        for (var i = 0; i < visits; i++)
        {
            var places = DrawMany(40 + _dice.Below(160), EndpointRole.Advert, Shape.Page, Web);
            var (from, until) = i == 0 && _options.Jobs == LabJobs.CampaignFirst
                ? (_options.StartMs, _options.StartMs + (long)(60 * _minuteMs))
                : Times(20, 90);
            yield return new(JobKind.Visits, from, until, places, _dice.Between(0.6, 0.9), 1 + _dice.Below(2));
        }

        if (_dice.Chance(0.4))
        {
            var (from, until) = Times(15, 60);
            yield return new(
                JobKind.Spam, from, until,
                DrawMany(60 + _dice.Below(90), EndpointRole.MailExchange, Shape.Mail, () => (25, 6)), 0.6, 1);
        }

        if (_dice.Chance(0.5) || visits == 0)
        {
            var (from, until) = Times(5, 20);
            yield return new(
                JobKind.Download, from, until,
                DrawMany(1 + _dice.Below(2), EndpointRole.Download, Shape.File, Web), 0.9, 1);
        }

        if (_dice.Chance(0.3))
        {
            var (from, _) = Times(3, 5);
            yield return new(JobKind.Scan, from, from + 180_000, [], 0.15, 1);
        }

        if (_dice.Chance(0.3))
        {
            var (from, _) = Times(3, 5);
            yield return new(
                JobKind.Flood, from, from + 45_000,
                DrawMany(1, EndpointRole.Victim, Shape.Page, () => (80, 17)), 0.15, 1);
        }

        if (_dice.Chance(0.3))
        {
            var (from, until) = Times(120, 400);
            yield return new(JobKind.Proxy, from, until, [], 0.5, 40);
        }
    }

    /// <summary>Some hours into the run, so that there are bots to obey.</summary>
    private (long FromMs, long UntilMs) Times(int least, int most)
    {
        var length = _dice.Between(least, most) * _minuteMs;
        var from = _options.StartMs + (long)(((_options.EndMs - _options.StartMs) - length) * _dice.Between(0.35, 0.97));
        return (from, from + (long)length);
    }

    private (ushort Port, byte Protocol) Web() => _dice.Chance(0.6) ? ((ushort)443, (byte)6) : ((ushort)80, (byte)6);

    private (ushort Port, byte Protocol) HighUdp() => ((ushort)(1_024 + _dice.Below(60_000)), 17);

    private List<SimulatedEndpoint> DrawMany(
        int count, EndpointRole role, Shape shape, Func<(ushort Port, byte Protocol)> service)
    {
        var made = new List<SimulatedEndpoint>(count);
        for (var i = 0; i < count; i++)
        {
            if (role == EndpointRole.Advert && _dice.Chance(OrdinaryAdverts))
            {
                var number = 20 + _dice.Below(_ordinary.Count - 20);
                made.Add(_places.AddJob(role, _net, _ordinary.Service(number), shape, number));
                continue;
            }

            made.Add(_places.AddJob(role, _net, service(), shape));
        }

        return made;
    }
}
