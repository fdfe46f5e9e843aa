// SPDX-License-Identifier: Apache-2.0
using Weir.Lab.Jobs;
using Weir.Lab.Population;

namespace Weir.Lab.Telling;

/// <summary>The truth's list of what every endpoint is.</summary>
internal static class RoleText
{
    public static IReadOnlyList<TruthRole> Write(
        World world, ILookup<int, (int Mark, int Subscriber, SimulatedContact Contact)> byMark, HashSet<int> listed) =>
    [
        .. from place in world.Places.All
           let role = Of(place)
           where role is not null
           let users = byMark[place.Mark].Select(found => found.Subscriber).ToArray()
           let bots = users.Where(user => world.Lines[user].Bot > 0).ToArray()
           where bots.Length > 0
           select new TruthRole(
               place.Name, role, place.Net, bots.Length, bots.Count(listed.Contains), users.Length - bots.Length),
    ];

    private static string? Of(SimulatedEndpoint place) => place.Kind switch
    {
        SimulatedEndpointKind.KnownCnc or SimulatedEndpointKind.HiddenDedicated or SimulatedEndpointKind.HiddenShared =>
            "command",
        SimulatedEndpointKind.Vendor => "vendor",
        SimulatedEndpointKind.Helper => "helper",
        SimulatedEndpointKind.Job => place.Role switch
        {
            EndpointRole.Advert => "advert",
            EndpointRole.MailExchange => "mail-exchange",
            EndpointRole.Victim => "victim",
            EndpointRole.Download => "download",
            EndpointRole.Downloader => "downloader",
            EndpointRole.Peer => "peer",
            EndpointRole.Swarm => "swarm",
            EndpointRole.Pool => "pool",
            EndpointRole.Update => "update",
            _ => "other",
        },
        _ => null,
    };
}
