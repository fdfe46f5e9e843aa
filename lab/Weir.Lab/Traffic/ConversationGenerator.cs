// SPDX-License-Identifier: Apache-2.0
using Weir.Lab.Population;
using Weir.Wire;

namespace Weir.Lab.Traffic;

/// <summary>Makes the conversations: what an ordinary visit and each routine look like in packets.</summary>
internal sealed class ConversationGenerator(World world, Router router, Dice dice)
{
    private const int FirstStray = 8_000_000;
    private const int Strays = 100_000_000;

    /// <summary>An ordinary visit of a subscriber to the benign Internet.</summary>
    public void Ordinary(int subscriber, long atMs)
    {
        ref readonly var line = ref world.Lines[subscriber];
        var number = world.Ordinary.Pick(dice, subscriber, line.Community, line.OtherCommunity);
        var (port, protocol) = world.Ordinary.Service(number);
        var talk = Begin(subscriber, world.Addressing.Remote(number, line.V6), port, protocol, atMs);
        if (port is 53 or 123)
        {
            Fill(ref talk, 1, 1, 70, 160, 20 + dice.Below(60));
        }
        else if (dice.Chance(0.03))
        {
            Unanswered(ref talk, refused: dice.Chance(0.3));
        }
        else
        {
            var packets = Math.Clamp((long)dice.LogNormal(12, 1.4), 4, 200_000);
            var duration = (long)Math.Clamp(dice.LogNormal(2_500, 1.8), 30, 3_600_000);
            Fill(
                ref talk, packets, Math.Max(3, (long)(packets * dice.Between(0.6, 1.8))), 60 + dice.Below(240),
                200 + dice.Below(1_100), duration);
        }

        router.Handle(talk);
    }

    public void Perform(in Routine routine, long atMs, Attack? attack)
    {
        switch (routine.Deed)
        {
            case RoutineKind.Visit or RoutineKind.Beacon:
                Exchange(routine, atMs);
                break;
            case RoutineKind.Attempt or RoutineKind.Radiation or RoutineKind.Backscatter:
                Noise(routine, atMs);
                break;
            case RoutineKind.Job:
                Job(routine, atMs);
                break;
            case RoutineKind.Client:
                Client(routine, atMs);
                break;
            case RoutineKind.Browse:
                Ordinary(routine.Subscriber, atMs);
                break;
            case RoutineKind.Mail:
                Mail(routine, atMs);
                break;
            case RoutineKind.FloodIn:
                for (var reflector = 0; reflector < 300; reflector++)
                {
                    Assault(routine, atMs, attack!);
                }

                break;
            case RoutineKind.SynFlood:
                for (var port = 0; port < 128; port++)
                {
                    Assault(routine, atMs, attack!);
                }

                break;
            default:
                Assault(routine, atMs, attack!);
                break;
        }
    }

    private void Exchange(in Routine routine, long atMs)
    {
        var place = world.Place(routine.Mark);
        var talk = Begin(routine.Subscriber, place.Address, place.Port, place.Protocol, atMs);
        talk.Mark = place.Mark;
        Fill(ref talk, 5 + dice.Below(5), 5 + dice.Below(4), 70 + dice.Below(60), 80 + dice.Below(200), 200
            + dice.Below(4_000));
        router.Handle(talk);
    }

    /// <summary>A conversation of the routine's shape, cut where the bot falls asleep.</summary>
    private void Job(in Routine routine, long atMs)
    {
        var place = world.Place(routine.Mark);
        var shape = routine.Shape;
        var talk = Begin(routine.Subscriber, place.Address, place.Port, place.Protocol, atMs);
        talk.Mark = place.Mark;
        if (routine.Unanswered)
        {
            Unanswered(ref talk, refused: dice.Chance(0.2));
            router.Handle(talk);
            return;
        }

        var packets = shape.Spread == 0
            ? shape.Packets
            : Math.Max(place.Protocol == Tcp.Number ? 4 : 1, (long)dice.LogNormal(shape.Packets, shape.Spread));
        var duration = Math.Min(shape.DurationMs, Math.Max(1, routine.UntilMs - atMs));
        if (duration < shape.DurationMs)
        {
            packets = Math.Max(3, packets * duration / shape.DurationMs);
        }

        Fill(ref talk, packets, packets, shape.OctetsOut, shape.OctetsIn, duration);
        router.Handle(talk);
    }

    /// <summary>Somebody comes in through a bot: the remote opens, on a port of the bot's own.</summary>
    private void Client(in Routine routine, long atMs)
    {
        var talk = Begin(
            routine.Subscriber, world.Addressing.Remote(FirstStray + dice.Below(Strays), world.Lines[routine.Subscriber].V6),
            (ushort)(1_024 + dice.Below(60_000)), Tcp.Number, atMs);
        (talk.LocalPort, talk.RemoteOpened) = (8_088, true);
        Fill(ref talk, 20 + dice.Below(60), 15 + dice.Below(40), 600, 120, 2_000 + dice.Below(20_000));
        router.Handle(talk);
    }

    /// <summary>One mail to one of three servers.</summary>
    private void Mail(in Routine routine, long atMs)
    {
        var talk = Begin(
            routine.Subscriber, world.Addressing.Remote(MailPlan.Mx(dice.Below(3)), false), 25, Tcp.Number, atMs);
        Fill(ref talk, 14 + dice.Below(20), 12 + dice.Below(8), 500, 90, 1_500 + dice.Below(3_000));
        router.Handle(talk);
    }

    private void Noise(in Routine routine, long atMs)
    {
        var place = world.Place(routine.Mark);
        var talk = Begin(routine.Subscriber, place.Address, place.Port, Tcp.Number, atMs);
        talk.Mark = place.Mark;
        switch (routine.Deed)
        {
            case RoutineKind.Attempt:
                Unanswered(ref talk, refused: dice.Chance(0.4));
                break;
            case RoutineKind.Backscatter:
                talk.RemoteOpened = true;
                (talk.PacketsIn, talk.OctetsIn, talk.FlagsIn) = (1, 44, Tcp.Syn | Tcp.Ack);
                Refuse(ref talk, Tcp.Rst, dice.Chance(0.3));
                break;
            default:
                talk.RemoteOpened = true;
                talk.RemotePort = (ushort)(1_024 + dice.Below(60_000));
                talk.LocalPort = dice.Chance(0.6) ? (ushort)23 : (ushort)2_323;
                (talk.PacketsIn, talk.OctetsIn, talk.FlagsIn) = (1, 40, Tcp.Syn);
                Refuse(ref talk, Tcp.Rst | Tcp.Ack, dice.Chance(0.15));
                break;
        }

        router.Handle(talk);
    }

    private static void Refuse(ref Conversation talk, byte flags, bool refused)
    {
        if (refused)
        {
            (talk.PacketsOut, talk.OctetsOut, talk.FlagsOut) = (1, 40, flags);
        }
    }

    private void Assault(in Routine routine, long atMs, Attack attack)
    {
        var many = attack.Remote < 0;
        var number = attack.Deed == RoutineKind.Spam
            ? FirstStray + (routine.Subscriber * 300 + dice.Below(300)) % Strays
            : attack.Deed == RoutineKind.SpamRun ? MailPlan.Mx(dice.Below(MailPlan.Mxs))
            : many ? FirstStray + dice.Below(Strays) : attack.Remote;
        var talk = Begin(
            routine.Subscriber, world.Addressing.Remote(number, false), attack.Port, attack.Protocol, atMs);
        talk.Attack = routine.Attack;
        var length = attack.UntilMs - attack.FromMs;
        switch (attack.Deed)
        {
            case RoutineKind.UdpFlood:
                Fill(ref talk, 30 * length, 0, 540, 0, length);
                break;
            case RoutineKind.SynFlood:
                Fill(ref talk, 3 * length / 128, 0, 40, 0, length);
                talk.FlagsOut = Tcp.Syn;
                break;
            case RoutineKind.FloodBursts:
                Fill(ref talk, 30 * Math.Min(MailPlan.BurstMs, attack.UntilMs - atMs), 0, 540, 0, Math.Min(
                    MailPlan.BurstMs, attack.UntilMs - atMs));
                break;
            case RoutineKind.Spam or RoutineKind.SpamRun:
                Fill(ref talk, 12 + dice.Below(10), 10 + dice.Below(6), 400, 80, 2_000 + dice.Below(4_000));
                break;
            case RoutineKind.Scan:
                Unanswered(ref talk, refused: dice.Chance(0.04));
                break;
            case RoutineKind.Reflection:
                (talk.LocalPort, talk.RemotePort, talk.RemoteOpened) =
                    (attack.Port, (ushort)(1_024 + dice.Below(60_000)), true);
                Fill(ref talk, 2 * length, 2 * length, 1_200, 60, length);
                break;
            case RoutineKind.FloodIn:
                (talk.RemotePort, talk.LocalPort, talk.RemoteOpened) =
                    (attack.Port, (ushort)(1_024 + dice.Below(60_000)), true);
                Fill(ref talk, 0, length / 10, 0, 1_200, length);
                break;
            case RoutineKind.Spoof:
                talk.Local = world.Addressing.Remote(FirstStray + dice.Below(Strays), false);
                Fill(ref talk, 1, 0, 512, 0, 0);
                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }

        router.Handle(talk);
    }

    private Conversation Begin(int subscriber, Wire.IpKey remote, ushort port, byte protocol, long atMs) => new()
    {
        Subscriber = subscriber,
        Local = world.Addressing.Local(subscriber, world.Lines[subscriber].V6, dice),
        Remote = remote,
        LocalPort = (ushort)(32_768 + dice.Below(28_000)),
        RemotePort = port,
        Protocol = protocol,
        StartMs = atMs,
    };

    /// <summary>Packets each way of so many octets each; TCP in full from SYN to FIN.</summary>
    private static void Fill(
        ref Conversation talk, long packetsOut, long packetsIn, int octetsOut, int octetsIn, long durationMs)
    {
        (talk.PacketsOut, talk.PacketsIn, talk.DurationMs) = (packetsOut, packetsIn, durationMs);
        (talk.OctetsOut, talk.OctetsIn) = (packetsOut * octetsOut, packetsIn * octetsIn);
        if (talk.Protocol == Tcp.Number)
        {
            (talk.FlagsOut, talk.FlagsIn) = (packetsOut > 0 ? Tcp.Whole : (byte)0, packetsIn > 0 ? Tcp.Whole : (byte)0);
        }
    }

    private void Unanswered(ref Conversation talk, bool refused)
    {
        (talk.PacketsOut, talk.OctetsOut) = refused ? (1, 60) : (1 + dice.Below(3), 60);
        talk.OctetsOut = talk.PacketsOut * 60;
        talk.DurationMs = talk.PacketsOut == 1 ? 30 : (talk.PacketsOut - 1) * 1_000;
        if (talk.Protocol == Tcp.Number)
        {
            talk.FlagsOut = Tcp.Syn;
            if (refused)
            {
                (talk.PacketsIn, talk.OctetsIn, talk.FlagsIn) = (1, 40, Tcp.Rst | Tcp.Ack);
            }
        }
    }
}
