// SPDX-License-Identifier: Apache-2.0
//
// The closed list of what other processes can ask of the desk.
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Protocol;
using Weir.Desk.Collectors;
using Weir.Desk.Subjects;
using Weir.Hosting.Erasing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Desk.Composing;

/// <summary>Writes the desk's routes.</summary>
internal static class DeskDoor
{
    public static void Map(IServiceProvider provider, PeerRoutes routes) =>
        provider.GetRequiredService<SubjectScopesGate>().Map(
            provider.GetRequiredService<CollectorRecords>().Map(
                provider.GetRequiredService<CollectorRoutes>().Map(routes))).Post(
                DeskRoutes.HeardTime, PeerRoles.Collector, DeskJson.Default.HeardTime, DeskJson.Default.Done,
                provider.GetRequiredService<HeardTimeGate>().HearAsync);
}
