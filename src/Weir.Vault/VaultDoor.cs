// SPDX-License-Identifier: Apache-2.0
//
// The closed list of what the vault can be asked for, and by whom.
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Protocol;
using Weir.Hosting.Erasing;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Hosting.Releases;
using Weir.Vault.Approving;
using Weir.Vault.Attributing;
using Weir.Vault.Braking;
using Weir.Vault.Complaints;
using Weir.Vault.Consenting;
using Weir.Vault.Customers;
using Weir.Vault.Disclosing;
using Weir.Vault.Gardening;
using Weir.Vault.Granting;
using Weir.Vault.Keys;
using Weir.Vault.LineRoutes;
using Weir.Vault.Notifying;
using Weir.Vault.Remediation;
using Weir.Vault.Sealing;
using Weir.Vault.Status;
using Weir.Vault.Subjects;

namespace Weir.Vault;

/// <summary>Writes the vault's routes.</summary>
internal static class VaultDoor
{
    private const int IdOctets = 1 << 20;

    private static readonly VaultJson Json = VaultJson.Default;

    public static void Map(IServiceProvider provider, PeerRoutes routes)
    {
        var keys = provider.GetRequiredService<KeyGate>();
        var status = provider.GetRequiredService<VaultStatusPage>();
        var people = PeerRoles.Desk | PeerRoles.Operator | PeerRoles.Monitor;
        _ = provider.GetRequiredService<RecordGate>().Map(routes)
            .GetRaw(VaultRoutes.EpochKey, PeerRoles.Collector, keys.NamesAsync)
            .GetRaw(VaultRoutes.CohortKey, PeerRoles.Store, keys.CohortAsync)
            .GetRaw(VaultRoutes.NoiseKey, PeerRoles.Store, keys.NoiseAsync)
            .GetRaw(VaultRoutes.Intake, PeerRoles.Collector, provider.GetRequiredService<IntakeTableGate>().AnswerAsync)
            .Post(VaultRoutes.HeardTime, PeerRoles.Collector, Json.HeardTime, Json.Done,
                provider.GetRequiredService<HeardTimeGate>().HearAsync)
            .Get(VaultRoutes.Retention, people, Json.VaultHoldings, status.HoldingsAsync)
            .Get(VaultRoutes.Status, PeerRoles.Any, Json.VaultStatus, status.AnswerAsync);
        MapCases(provider, routes);
        MapConsents(provider, routes);
        MapCustomers(provider, routes);
    }

    private static void MapCases(IServiceProvider provider, PeerRoutes routes)
    {
        var seals = provider.GetRequiredService<SealGate>();
        var lines = provider.GetRequiredService<LineRouteGate>();
        var activity = provider.GetRequiredService<LineActivityGate>();
        var approvals = provider.GetRequiredService<ApprovalGate>();
        _ = routes
            .Post(VaultRoutes.LineActivity, PeerRoles.Collector, Json.LineActivityReport, Json.Done,
                activity.ReportAsync, IdOctets)
            .Post(VaultRoutes.WasActive, PeerRoles.Desk, Json.WasActiveAsk, Json.WasActiveReply, activity.AnswerAsync,
                VaultLimits.MaxOctets)
            .Post(VaultRoutes.Seal, PeerRoles.Desk, Json.SealAsk, Json.Done, seals.SealAsync, VaultLimits.MaxOctets)
            .Post(VaultRoutes.Destroy, PeerRoles.Desk, Json.DestroyAsk, Json.Done, seals.DestroyAsync)
            .Post(VaultRoutes.Reissue, PeerRoles.Desk, Json.ReissueAsk, Json.ReissuedNames, seals.ReissueAsync,
                IdOctets)
            .Post(VaultRoutes.Complaint, PeerRoles.Desk, Json.ComplaintAsk, Json.AttributedSubject,
                provider.GetRequiredService<ComplaintGate>().AnswerAsync)
            .Post(VaultRoutes.Grant, PeerRoles.Desk, Json.GrantAsk, Json.SignedGrant,
                provider.GetRequiredService<GrantGate>().AnswerAsync)
            .Post(VaultRoutes.Disclose, PeerRoles.Desk, Json.DiscloseAsk, Json.DisclosedLine,
                provider.GetRequiredService<DisclosureGate>().AnswerAsync, VaultLimits.MaxOctets)
            .Post(VaultRoutes.OpenApproval, PeerRoles.Desk, Json.ApprovalAsk, Json.ApprovalStanding,
                approvals.OpenAsync, VaultLimits.MaxOctets)
            .Get(VaultRoutes.Approval, PeerRoles.Desk, Json.ApprovalStanding, approvals.ShowAsync)
            .Post(VaultRoutes.SignApproval, PeerRoles.Desk, Json.ApprovalSignAsk, Json.ApprovalStanding,
                approvals.SignAsync)
            .Post(VaultRoutes.DecideNetwork, PeerRoles.Desk, Json.NetworkDecision, Json.Done,
                provider.GetRequiredService<SealBrakeGate>().DecideAsync)
            .Post(VaultRoutes.Notice, PeerRoles.Desk, Json.NoticeAsk, Json.NoticeProof,
                provider.GetRequiredService<NoticeGate>().AnswerAsync, VaultLimits.MaxOctets)
            .Get(VaultRoutes.NoticePreview, PeerRoles.Desk, Json.NoticeExample,
                provider.GetRequiredService<NoticePreviewGate>().AnswerAsync)
            .Post(VaultRoutes.Protected, PeerRoles.Desk, Json.ProtectedAsk, Json.ProtectedReply,
                provider.GetRequiredService<ProtectedGate>().ProtectedAsync, VaultLimits.MaxOctets)
            .Post(VaultRoutes.LineRoute, PeerRoles.Desk, Json.LineRouteAsk, Json.Done, lines.AnnounceAsync,
                VaultLimits.MaxOctets)
            .Post(VaultRoutes.WithdrawLineRoute, PeerRoles.Desk, Json.LineRouteWithdrawal, Json.Done,
                lines.WithdrawAsync)
            .Get(VaultRoutes.LineRoutes, PeerRoles.Desk | PeerRoles.Operator | PeerRoles.Monitor,
                Json.LineRoutesReply, lines.ListAsync)
            .Post(VaultRoutes.Garden, PeerRoles.Desk, Json.GardenAsk, Json.GardenReply,
                provider.GetRequiredService<GardenGate>().AnswerAsync, VaultLimits.MaxOctets);
    }

    private static void MapCustomers(IServiceProvider provider, PeerRoutes routes)
    {
        var customers = provider.GetRequiredService<CustomerGate>();
        _ = routes
            .Get(VaultRoutes.CustomerNews, PeerRoles.Desk, Json.CustomerNews, customers.NewsAsync)
            .Post(VaultRoutes.CustomerActs, PeerRoles.Desk, Json.CustomerActIds, Json.Done, customers.TakenAsync,
                IdOctets)
            .Post(VaultRoutes.CustomerCase, PeerRoles.Desk, Json.CustomerCaseAsk, Json.Done, customers.ShowAsync,
                CustomerGate.MaxOctets);
    }

    private static void MapConsents(IServiceProvider provider, PeerRoutes routes)
    {
        var consents = provider.GetRequiredService<ConsentGate>();
        _ = routes
            .Get(VaultRoutes.ConsentKey, PeerRoles.Desk, Json.ConsentKeyReply, consents.KeyAsync)
            .Post(VaultRoutes.UseConsent, PeerRoles.Desk, Json.ConsentUse, Json.AttributedSubject, consents.UseAsync)
            .Post(VaultRoutes.WithdrawnConsents, PeerRoles.Desk, Json.ConsentIds, Json.ConsentIds,
                consents.WithdrawnAsync, IdOctets)
            .Post(VaultRoutes.GiveConsent, PeerRoles.Operator, Json.ConsentAsk, Json.ConsentTokenReply,
                consents.GiveAsync)
            .Post(VaultRoutes.WithdrawConsents, PeerRoles.Operator, Json.ConsentWithdrawal, Json.ConsentCount,
                consents.WithdrawAsync)
            .Post(VaultRoutes.Subject, PeerRoles.Operator, Json.SubjectAsk, Json.SubjectAccessReport,
                provider.GetRequiredService<SubjectGate>().AnswerAsync);
    }
}
