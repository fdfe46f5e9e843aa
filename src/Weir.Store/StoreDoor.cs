// SPDX-License-Identifier: Apache-2.0
//
// The closed list of what the store can be asked for, and by whom.
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Protocol;
using Weir.Hosting.Erasing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Store.Braking;
using Weir.Store.Coverage;
using Weir.Store.Endpoints;
using Weir.Store.Evidence;
using Weir.Store.Loading;
using Weir.Store.LookBack;
using Weir.Store.Population;
using Weir.Store.Retention;
using Weir.Store.Runs;
using Weir.Store.Status;

namespace Weir.Store;

/// <summary>Writes the store's routes.</summary>
internal static class StoreDoor
{
    private static readonly StoreJson Json = StoreJson.Default;

    public static void Map(IServiceProvider provider, PeerRoutes routes)
    {
        var segments = provider.GetRequiredService<SegmentIntake>();
        var evidence = provider.GetRequiredService<EvidenceGate>();
        var lists = provider.GetRequiredService<AllowLists>();
        var comparisons = provider.GetRequiredService<ComparisonGate>();
        var population = provider.GetRequiredService<PopulationGate>();
        var endpoints = provider.GetRequiredService<EndpointGate>();
        var lookBack = provider.GetRequiredService<LookBackGate>();
        var most = provider.GetRequiredService<SegmentIntakeOptions>().MaxOctets;
        provider.GetRequiredService<RecordGate>().Map(routes)
            .PostRaw(StoreRoutes.Segments, PeerRoles.Collector, Json.SegmentReceipt, segments.AnswerAsync, most)
            .Post(StoreRoutes.HeardTime, PeerRoles.Collector, Json.HeardTime, Json.Done,
                provider.GetRequiredService<HeardTimeGate>().HearAsync)
            .Post(StoreRoutes.ReadEvidence, PeerRoles.Desk, Json.EvidenceAsk, Json.EvidenceRelease,
                evidence.ReadAsync, EvidenceAsk.MaxOctets)
            .Post(StoreRoutes.CountEvidence, PeerRoles.Desk, Json.EvidenceAsk, Json.EvidenceCount,
                evidence.CountAsync, EvidenceAsk.MaxOctets)
            .Post(StoreRoutes.EraseEvidence, PeerRoles.Desk, Json.EvidenceErasure, Json.Done, evidence.EraseAsync)
            .PostRaw(StoreRoutes.AllowList, PeerRoles.Desk, Json.AllowListReceipt, lists.AnswerAsync,
                AllowList.MaxOctets, isHeld: true)
            .Post(StoreRoutes.Compare, PeerRoles.Desk, Json.CompareAsk, Json.Comparison, comparisons.AnswerAsync)
            .Post(StoreRoutes.Population, PeerRoles.Desk, Json.PopulationAsk, Json.PopulationReply,
                population.AnswerAsync)
            .Post(StoreRoutes.Collateral, PeerRoles.Desk, Json.CollateralAsk, Json.CollateralReply,
                endpoints.CountAsync, CollateralAsk.MaxOctets)
            .Post(StoreRoutes.Sighted, PeerRoles.Desk, Json.SightedAsk, Json.SightedEndpoints, endpoints.ListAsync)
            .Post(StoreRoutes.LookBack, PeerRoles.Desk, Json.LookBackAsk, Json.LookBackEvents, lookBack.AnswerAsync)
            .Post(StoreRoutes.DecideNetwork, PeerRoles.Desk, Json.NetworkDecision, Json.Done,
                provider.GetRequiredService<EvidenceBrakeGate>().DecideAsync)
            .Get(StoreRoutes.Coverage, PeerRoles.Desk | PeerRoles.Operator | PeerRoles.Monitor, Json.CoverageReply,
                provider.GetRequiredService<CoverageGate>().AnswerAsync)
            .Get(StoreRoutes.Retention, PeerRoles.Desk | PeerRoles.Operator | PeerRoles.Monitor, Json.StoreHoldings,
                provider.GetRequiredService<RetentionRounds>().AnswerAsync)
            .Get(StoreRoutes.Status, PeerRoles.Any, Json.StoreStatus,
                provider.GetRequiredService<StatusPage>().AnswerAsync);
    }
}
