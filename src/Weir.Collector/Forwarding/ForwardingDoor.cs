// SPDX-License-Identifier: Apache-2.0
//
// The closed list of what a collector can be asked for, by other collectors alone.
using Microsoft.Extensions.DependencyInjection;
using Weir.Collector.Owning;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;

namespace Weir.Collector.Forwarding;

/// <summary>Writes a collector's routes.</summary>
internal static class ForwardingDoor
{
    public static void Map(IServiceProvider provider, PeerRoutes routes) => routes.PostRaw(
        ForwardingRoutes.Flows, PeerRoles.Collector, ForwardingJson.Default.ForwardReceipt,
        provider.GetRequiredService<FlowIntake>().AnswerAsync, ForwardedFlows.MaxOctets, isHeld: true);
}
