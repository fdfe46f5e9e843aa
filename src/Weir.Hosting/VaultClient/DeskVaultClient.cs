// SPDX-License-Identifier: Apache-2.0
//
// The vault as the desk sees it. Every request goes with the order of its scope and the grounds that the order rests
// on: the vault believes these, not the desk. Before it goes it stands on the desk's chain, under the number that the
// vault's chain will have.
using Weir.Contracts.AccessControl;
using Weir.Contracts.Approvals;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Customers;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Mitigation;
using Weir.Contracts.Notices;
using Weir.Contracts.Policy;
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Calling;

namespace Weir.Hosting.VaultClient;

/// <summary>What the desk may ask of the vault. Safe for any thread.</summary>
/// <param name="vault">The vault.</param>
/// <param name="audit">The desk's own chain; a request that cannot be recorded does not go.</param>
/// <param name="orders">The order of a scope, with its grounds; null where there is none.</param>
public sealed class DeskVaultClient(PeerClient vault, IAuditLog audit, Func<ScopeId, ScopeOrder?> orders)
    : IVault, IAccessControlGateway, INoticeGateway, IConsentGateway, IGrantSource, ICustomerPages, ILineActivity,
    IApprovalBook, IBrakeKeeper
{
    private static readonly VaultJson Json = VaultCalls.Json;

    private readonly RecordedRequests _requests = new(vault, audit);

    /// <summary>How much is kept of who had an address; of nobody in particular.</summary>
    public Task<VaultHoldings> HoldingsAsync(CancellationToken cancel) =>
        vault.ReadAsync(VaultRoutes.Retention, Json.VaultHoldings, cancel);

    /// <inheritdoc/>
    public Task SealAsync(ScopeOrder order, CancellationToken cancel) => _requests.AskAsync(
        new(VaultRoutes.Seal, order.Case, order.Id), new SealAsk("", ScopeOrderFields.From(order)),
        (ask, number) => ask with { Number = number }, (Json.SealAsk, Json.Done), cancel);

    /// <inheritdoc/>
    public Task DestroyAsync(CaseId id, CancellationToken cancel) => _requests.AskAsync(
        new(VaultRoutes.Destroy, id) { Limit = VaultCalls.Enforcement }, new DestroyAsk("", id.ToString()),
        (ask, number) => ask with { Number = number }, (Json.DestroyAsk, Json.Done), cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel)
    {
        var given = await _requests.AskAsync(
            new(VaultRoutes.Reissue), new ReissueAsk("", [.. cases.Select(id => id.ToString())], epoch),
            (ask, number) => ask with { Number = number }, (Json.ReissueAsk, Json.ReissuedNames), cancel);
        return given.Names.ToDictionary(
            name => CaseId.TryParse(name.Key, out var id) ? id : throw Unreadable(), name => Read(name.Value));
    }

    /// <inheritdoc/>
    public async Task<SubjectKey?> AttributeAsync(ReportedTraffic report, CancellationToken cancel) =>
        (await _requests.AskAsync(
            new(VaultRoutes.Complaint),
            new ComplaintAsk("", report.Id, report.Reporter, report.Address.ToString(), report.Port, report.At,
                ClassFields.From(report.Class), report.FromMs, report.UntilMs),
            (ask, number) => ask with { Number = number }, (Json.ComplaintAsk, Json.AttributedSubject), cancel)).Subject
            is { } name ? Read(name) : null;

    /// <inheritdoc/>
    public async Task<Envelope> GrantAsync(Grant wanted, CancellationToken cancel) => (await _requests.AskAsync(
        new(VaultRoutes.Grant, wanted.Case), new GrantAsk("", GrantFields.From(wanted)),
        (ask, number) => ask with { Number = number }, (Json.GrantAsk, Json.SignedGrant), cancel)).Grant;

    /// <inheritdoc/>
    public async Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel)
    {
        var given = await _requests.AskAsync(
            new(VaultRoutes.Disclose, order.Case, order.Scope),
            new DiscloseAsk("", OrderOf(order.Case, order.Scope), order.AskedBy, order.AskedRole, order.GivenBy,
                order.GivenRole, order.Reason, order.Number),
            (ask, number) => ask with { Number = number }, (Json.DiscloseAsk, Json.DisclosedLine), cancel);
        return new(given.Line, given.Until);
    }

    /// <inheritdoc/>
    public async Task<NoticeReceipt> DeliverAsync(Notice notice, CancellationToken cancel)
    {
        var given = await _requests.AskAsync(
            new(VaultRoutes.Notice, notice.Case, notice.Scope) { Limit = VaultCalls.Delivery },
            new NoticeAsk("", OrderOf(notice.Case, notice.Scope), NoticeNames.ToName(notice.Step),
                [.. notice.Done.Select(ActionFields.From)]),
            (ask, number) => ask with { Number = number }, (Json.NoticeAsk, Json.NoticeProof), cancel);
        return NoticeNames.TryParse(given.Outcome, out NoticeOutcome outcome)
            ? new(outcome, given.Channel, given.Reply, given.Digest, given.Language, given.At)
            : throw Unreadable();
    }

    /// <inheritdoc/>
    public async Task<NoticeExample> PreviewAsync(NoticeStep step, string language, CancellationToken cancel) =>
        await VaultCalls.PassAsync(() => vault.GetAsync(
            VaultRoutes.NoticePreview, Json.NoticeExample,
            new Dictionary<string, string> { ["step"] = NoticeNames.ToName(step), ["language"] = language },
            VaultCalls.Soon, cancel)) ?? throw Unreadable();

    /// <inheritdoc/>
    public async Task<bool> WasActiveAsync(
        CaseId id, ScopeId check, DateTimeOffset from, DateTimeOffset until, CancellationToken cancel) =>
        (await _requests.AskAsync(
            new(VaultRoutes.WasActive, id, check),
            new WasActiveAsk(
                "", OrderOf(id, check), from.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds()),
            (ask, number) => ask with { Number = number }, (Json.WasActiveAsk, Json.WasActiveReply), cancel))
            .WasActive;

    /// <inheritdoc/>
    public async Task<bool> IsProtectedAsync(CaseId id, ScopeId scope, CancellationToken cancel) =>
        (await _requests.AskAsync(
            new(VaultRoutes.Protected, id, scope), new ProtectedAsk("", OrderOf(id, scope)),
            (ask, number) => ask with { Number = number }, (Json.ProtectedAsk, Json.ProtectedReply), cancel))
        .IsProtected;

    /// <inheritdoc/>
    public Task AnnounceAsync(LineRouteOrder order, CancellationToken cancel) => _requests.AskAsync(
        new(VaultRoutes.LineRoute, order.Case, order.Scope),
        new LineRouteAsk("", OrderOf(order.Case, order.Scope), order.Lease.ToString(),
            order.Target.WithoutLine().ToString(), order.EndsAt),
        (ask, number) => ask with { Number = number }, (Json.LineRouteAsk, Json.Done), cancel);

    /// <inheritdoc/>
    public Task WithdrawRouteAsync(CaseId id, LeaseId lease, CancellationToken cancel) => _requests.AskAsync(
        new(VaultRoutes.WithdrawLineRoute, id), new LineRouteWithdrawal("", id.ToString(), lease.ToString()),
        (ask, number) => ask with { Number = number }, (Json.LineRouteWithdrawal, Json.Done), cancel);

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<LeaseId, LeaseStanding>> RoutesAsync(CancellationToken cancel) =>
        (await vault.ReadAsync(VaultRoutes.LineRoutes, Json.LineRoutesReply, cancel)).Routes.ToDictionary(
            route => LeaseId.TryParse(route.Lease, out var lease) ? lease : throw Unreadable(),
            route => route.ToStanding() ?? throw Unreadable());

    /// <inheritdoc/>
    public async Task<WalledGardenResult> GardenAsync(WalledGardenOrder order, CancellationToken cancel)
    {
        var scope = orders(order.Scope) is { } known ? ScopeOrderFields.From(known) : null;
        if (scope is null && order.Garden != WalledGarden.None)
        {
            throw NoOrder(order.Scope);
        }

        var given = await _requests.AskAsync(
            new(VaultRoutes.Garden, order.Case, order.Scope) { Limit = VaultCalls.Enforcement },
            new GardenAsk("", order.Case.ToString(), scope, WalledGardenNames.ToName(order.Garden), order.By,
                order.Reason, order.Exempt),
            (ask, number) => ask with { Number = number }, (Json.GardenAsk, Json.GardenReply), cancel);
        return new(given.IsDone, given.Way, given.Reply, given.At);
    }

    /// <inheritdoc/>
    public async Task<string> ConsentKeyAsync(CancellationToken cancel) =>
        (await vault.ReadAsync(VaultRoutes.ConsentKey, Json.ConsentKeyReply, cancel)).Pem;

    /// <inheritdoc/>
    public async Task<SubjectKey> RedeemAsync(string token, CancellationToken cancel) =>
        (await _requests.AskAsync(
            new(VaultRoutes.UseConsent), new ConsentUse("", token), (ask, number) => ask with { Number = number },
            (Json.ConsentUse, Json.AttributedSubject), cancel)).Subject is { } name
            ? Read(name)
            : throw new VaultDownException("the vault took a consent and named nobody");

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<ConsentId>> WithdrawnAsync(
        IReadOnlyCollection<ConsentId> ids, CancellationToken cancel)
    {
        var given = await VaultCalls.PassAsync(() => vault.PostAsync(
            VaultRoutes.WithdrawnConsents, new([.. ids.Select(id => id.ToString()!)]), Json.ConsentIds,
            Json.ConsentIds, VaultCalls.Soon, cancel));
        return [.. given.Ids.Select(text => ConsentId.TryParse(text, out var id) ? id : throw Unreadable())];
    }

    /// <inheritdoc/>
    public async Task<CustomerWishes> WaitAsync(CancellationToken cancel)
    {
        var news = await VaultCalls.PassAsync(() => vault.GetAsync(
            VaultRoutes.CustomerNews, Json.CustomerNews, null, VaultCalls.News, cancel));
        return news is null ? new([], []) : new(news.Acts, [.. news.Wanted.Select(
            text => CaseId.TryParse(text, out var id) ? id : throw Unreadable())]);
    }

    /// <inheritdoc/>
    public Task TakenAsync(IReadOnlyCollection<string> acts, CancellationToken cancel) => VaultCalls.PassAsync(
        () => vault.PostAsync(
            VaultRoutes.CustomerActs, new CustomerActIds([.. acts]), Json.CustomerActIds, Json.Done, VaultCalls.Soon,
            cancel));

    /// <inheritdoc/>
    public Task ShowAsync(CustomerCase shown, CancellationToken cancel)
    {
        return _requests.AskAsync(
            new(VaultRoutes.CustomerCase, shown.Id),
            new CustomerCaseAsk("", shown.Id.ToString(), shown.IsClean, shown.KeptUntil, shown.Terms,
            [
                .. shown.Scopes.Select(scope => new CustomerScopeFields(
                    ScopeOrderFields.From(scope.Order), [.. scope.Done.Select(ActionFields.From)],
                    scope.Check is { } check ? CustomerCheckFields.Create(check) : null)),
            ]),
            (ask, number) => ask with { Number = number }, (Json.CustomerCaseAsk, Json.Done), cancel);
    }

    /// <inheritdoc/>
    public Task<ApprovalStanding> OpenAsync(ApprovalWish wish, CancellationToken cancel)
    {
        var ask = new ApprovalAsk(
            "", wish.Leave, WhoSigns.Of(wish.Act).Name, wish.Case.Number == 0 ? "" : wish.Case.ToString(),
            wish.Scope.Number == 0 ? null : OrderOf(wish.Case, wish.Scope), wish.Target, wish.Reason)
        {
            AskedBy = wish.AskedBy,
            LastsSeconds = (long)(wish.Lasts ?? TimeSpan.Zero).TotalSeconds,
        };
        return _requests.AskAsync(
            new(VaultRoutes.OpenApproval, wish.Case, wish.Scope), ask,
            (asked, number) => asked with { Number = number }, (Json.ApprovalAsk, Json.ApprovalStanding), cancel);
    }

    /// <inheritdoc/>
    public async Task<ApprovalStanding> FindAsync(string leave, CancellationToken cancel) =>
        await VaultCalls.PassAsync(() => vault.GetAsync(
            VaultRoutes.Approval, Json.ApprovalStanding, new Dictionary<string, string> { ["leave"] = leave },
            VaultCalls.Soon, cancel)) ?? throw Unreadable();

    /// <inheritdoc/>
    public Task<ApprovalStanding> SignAsync(string leave, string signature, CancellationToken cancel) =>
        _requests.AskAsync(
            new(VaultRoutes.SignApproval), new ApprovalSignAsk("", leave, signature),
            (ask, number) => ask with { Number = number }, (Json.ApprovalSignAsk, Json.ApprovalStanding), cancel);

    /// <inheritdoc/>
    public Task DecideAsync(
        string leave, string network, bool isReleased, SignedApproval? signed, CancellationToken cancel) =>
        _requests.AskAsync(
            new(VaultRoutes.DecideNetwork), new NetworkDecision("", leave, network, isReleased, null),
            (ask, number) => ask with { Number = number }, (Json.NetworkDecision, Json.Done), cancel);

    /// <summary>How the vault is; also, whether it answers.</summary>
    public Task<VaultStatus> StatusAsync(CancellationToken cancel) =>
        vault.ReadAsync(VaultRoutes.Status, Json.VaultStatus, cancel);

    private ScopeOrderFields OrderOf(CaseId id, ScopeId scope) =>
        orders(scope) is { } order && order.Case == id ? ScopeOrderFields.From(order) : throw NoOrder(scope);

    private static VaultRefusedException NoOrder(ScopeId scope) =>
        new(DenyCode.NoTrigger, $"there is no order of scope {scope} with grounds, so the vault cannot be asked");

    private static SubjectKey Read(string text) =>
        SubjectKey.TryParse(text, out var subject) ? subject : throw Unreadable();

    private static VaultDownException Unreadable() =>
        new("the vault answered what this program cannot read; bring both to the same version of weir");
}
