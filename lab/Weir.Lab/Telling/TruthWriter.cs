// SPDX-License-Identifier: Apache-2.0
using Weir.Lab.Export;
using Weir.Lab.Jobs;
using Weir.Lab.Population;
using Weir.Lab.Traffic;
using Weir.Wire;

namespace Weir.Lab.Telling;

/// <summary>Writes up the ledger.</summary>
internal static class TruthWriter
{
    public static Truth Create(
        World world, Ledger ledger, IReadOnlyList<Attack> attacks, IReadOnlyList<FlowEncoder> encoders)
    {
        var options = world.Options;
        var contacts = ledger.Contacts().Where(found => found.Contact.Exchanges + found.Contact.OneSided > 0).ToArray();
        var byMark = contacts.ToLookup(found => found.Mark);
        var bySubscriber = contacts.Where(found => world.Lines[found.Subscriber].Bot > 0)
            .ToLookup(found => found.Subscriber);
        var listed = contacts.Where(found => world.Place(found.Mark).Listed && found.Contact.Exchanges > 0)
            .Select(found => found.Subscriber).ToHashSet();
        var clean = world.Lines.Length - world.Bots.DistinctBy(bot => bot.Subscriber).Count();

        TruthCnc Cnc(SimulatedEndpoint place)
        {
            var users = byMark[place.Mark]
                .Where(found => found.Contact.Exchanges > 0).Select(found => found.Subscriber).ToArray();
            var bots = users.Where(user => world.Lines[user].Bot > 0).ToArray();
            var others = users.Length - bots.Length;
            var kind = place.Kind switch
            {
                SimulatedEndpointKind.KnownCnc => "known",
                SimulatedEndpointKind.HiddenDedicated => "dedicated",
                _ => "shared"
            };
            return new TruthCnc(
                place.Name, place.Address.ToString(), place.Port, Protocol(place.Protocol), place.Net, kind,
                bots.Length, bots.Count(listed.Contains), others, (double)others / clean);
        }

        TruthEndpoint Benign(SimulatedEndpoint place)
        {
            var users = byMark[place.Mark].Select(found => found.Subscriber).ToArray();
            var bots = users.Count(user => world.Lines[user].Bot > 0);
            return new TruthEndpoint(place.Name, bots, users.Length - bots, (double)(users.Length - bots) / clean);
        }

        TruthBot Infected(Bot bot)
        {
            var mine = bySubscriber[bot.Subscriber].Select(found => (Place: world.Place(found.Mark), found.Contact))
                .OrderBy(found => found.Place.Mark).ToArray();
            var onList = mine.Where(found => found.Place.Listed).Select(found => found.Contact).ToArray();
            return new TruthBot(
                world.Subject(bot.Subscriber), bot.Net, bot.OnsetMs,
                [.. mine.Where(found => found.Place.Kind == SimulatedEndpointKind.KnownCnc)
                    .Select(found => found.Place.Name)],
                [.. mine.Where(found => found.Place.Kind is SimulatedEndpointKind.HiddenDedicated
                    or SimulatedEndpointKind.HiddenShared).Select(found => found.Place.Name)],
                onList.Sum(contact => contact.Exchanges), onList.Sum(contact => contact.OneSided),
                onList.Where(contact => contact.Exchanges > 0)
                    .Select(contact => contact.FirstExchangeMs).DefaultIfEmpty(0).Min());
        }

        TruthWrongEntry Wrong(SimulatedEndpoint place)
        {
            var users = byMark[place.Mark]
                .Where(found => found.Contact.Exchanges > 0).Select(found => found.Subscriber).Order().ToArray();
            var oneSided = byMark[place.Mark]
                .Where(found => found.Contact.Exchanges == 0).Select(found => found.Subscriber).Order();
            return new TruthWrongEntry(
                place.Name, [.. users.Take(100).Select(world.Subject)], users.Length, place.OthersShare > 0)
            {
                CleanOneSided = [.. oneSided.Take(100).Select(world.Subject)]
            };
        }

        TruthEvent Event(Attack attack, int index)
        {
            var (flows, from, until) = ledger.Attack(index + 1);
            var remote = attack.Remote < 0 ? null : world.Addressing.Remote(attack.Remote, false).ToString();
            return new TruthEvent(
                attack.Rule, world.Subject(attack.Subscriber), Protocol(attack.Protocol), attack.Port, remote,
                flows == 0 ? attack.FromMs : from, flows == 0 ? attack.UntilMs : until, flows);
        }

        var places = world.Places.All;
        TruthCnc[] hidden = [.. places.Where(
            place => place.Kind is SimulatedEndpointKind.HiddenDedicated or SimulatedEndpointKind.HiddenShared
                && place.Net != (world.Jobs?.Overlay?.Net ?? -2)).Select(Cnc)];
        return new Truth
        {
            Run = new TruthRun(
                options.Subscribers, options.Seconds, options.Bots, options.Nets, options.Seed,
                options.StartMs, options.EndMs, options.Protocol.ToString(), options.Interval, options.Exporters,
                options.Ipv6Length)
            {
                Jobs = options.Jobs == LabJobs.None ? null : LabJobsText.ToName(options.Jobs),
                RealBot = options.RealBot?.Capture,
            },
            Totals = new TruthTotals(
                encoders.Sum(encoder => encoder.Flows), ledger.Packets, ledger.Octets,
                encoders.Sum(encoder => encoder.Datagrams), encoders.Sum(encoder => encoder.Octets),
                places.Count(place => place.Listed), listed.Count(line => world.Lines[line].Bot > 0),
                listed.Count(line => world.Lines[line].Bot == 0),
                hidden.Count(cnc => cnc.OthersShare < 0.005))
            {
                OptionsRecords = encoders.Sum(encoder => encoder.OptionsRecords),
            },
            Networks = [.. world.Addressing.Networks().Select(network => network.ToString())],
            Bots = [.. world.Bots.Select(Infected)],
            HiddenCncs = hidden,
            KnownCncs = [.. places.Where(place => place.Kind == SimulatedEndpointKind.KnownCnc).Select(Cnc)],
            WrongEntries = [.. places.Where(place => place.Kind == SimulatedEndpointKind.WrongEntry).Select(Wrong)],
            VendorClouds = [.. places.Where(place => place.Kind == SimulatedEndpointKind.Vendor).Select(Benign)],
            Helpers = [.. places.Where(place => place.Kind == SimulatedEndpointKind.Helper).Select(Benign)],
            Events = [.. attacks.Select(Event)],
            Roles = world.Jobs is null && world.Clones is null ? null : RoleText.Write(world, byMark, listed),
            PeerNets = world.Jobs is null ? null : PeerNets(world, byMark),
        };
    }

    private static IReadOnlyList<TruthPeerNet> PeerNets(
        World world, ILookup<int, (int Mark, int Subscriber, SimulatedContact Contact)> byMark) =>
    [
        .. from place in world.Places.All
           where place.Role == EndpointRole.Peer
           let users = byMark[place.Mark].Where(found => world.Lines[found.Subscriber].Bot > 0).ToArray()
           group users by place.Net into net
           orderby net.Key
           select new TruthPeerNet(
               net.Key, net.Key == world.Jobs?.Overlay?.Net, net.Count(of => of.Length > 0),
               [.. net.SelectMany(of => of).CountBy(found => found.Subscriber).Where(line => line.Value >= 2)
                   .Select(line => line.Key).Order().Select(world.Subject)]),
    ];

    private static string Protocol(byte protocol) => protocol == Tcp.Number ? "tcp" : "udp";
}
