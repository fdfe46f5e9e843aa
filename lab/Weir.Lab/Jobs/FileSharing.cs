// SPDX-License-Identifier: Apache-2.0
//
// Ordinary people who swap files: swarms of some fifteen lines each, which know the same peers and meet a part of them,
// on any port, over TCP and UDP. Infected lines do it more often than others, as what they fetch infects them. It looks
// as much like a botnet without a server as anything that is none.
using Weir.Lab.Population;
using Weir.Lab.Traffic;

namespace Weir.Lab.Jobs;

/// <summary>Swarms and who is in them.</summary>
internal sealed class FileSharing
{
    private const int LinesOfSwarm = 15;
    private const int PeersOfSwarm = 200;
    private const double MeetsPeer = 0.3;
    private const double InfectedOdds = 3;
    private const double SecondSwarm = 0.3;

    private static readonly Shape Transfer = new(60, 200, 900, 20_000, 1.2);

    private readonly LabOptions _options;
    private readonly Dice _dice;
    private readonly List<SimulatedEndpoint[]> _swarms = [];
    private readonly List<(int Line, int Swarm)> _members = [];

    public FileSharing(LabOptions options, SimulatedEndpoints places, Subscriber[] lines)
    {
        _options = options;
        _dice = new Dice(Dice.Mix(options.Seed ^ 0xF11E) + 11);
        int[] sharers = [.. Enumerable.Range(0, lines.Length).Where(line => !lines[line].V6
            && _dice.Chance(Math.Min(1, options.FileSharing * (lines[line].Bot > 0 ? InfectedOdds : 1))))];
        for (var swarm = 0; swarm < (sharers.Length + LinesOfSwarm - 1) / LinesOfSwarm; swarm++)
        {
            _swarms.Add([.. Enumerable.Range(0, PeersOfSwarm).Select(_ => places.AddJob(
                EndpointRole.Swarm, -1,
                ((ushort)(1_024 + _dice.Below(60_000)), _dice.Chance(0.5) ? (byte)17 : Tcp.Number), Transfer))]);
        }

        foreach (var line in sharers)
        {
            _members.Add((line, _dice.Below(_swarms.Count)));
            if (_dice.Chance(SecondSwarm))
            {
                _members.Add((line, _dice.Below(_swarms.Count)));
            }
        }
    }

    public void Fill(Action<long, Routine> add)
    {
        foreach (var (line, swarm) in _members)
        {
            foreach (var peer in _swarms[swarm].Where(_ => _dice.Chance(MeetsPeer)))
            {
                for (var times = 1 + _dice.Below(3); times > 0; times--)
                {
                    var at = _options.StartMs + (long)(_dice.Share() * _options.Seconds * 950);
                    add(at, new(RoutineKind.Job, line, peer.Mark, 0, double.MaxValue, 0, _options.EndMs)
                    {
                        Shape = peer.Shape,
                    });
                }
            }
        }
    }
}
