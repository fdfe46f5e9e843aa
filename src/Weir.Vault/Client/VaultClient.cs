// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Serialization.Metadata;
using Weir.Contracts.AccessControl;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Networks;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Hosting.Files;
using Weir.Vault.Keys;
using Weir.Vault.Serving;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Vault.Client;

/// <summary>The vault as another process sees it. Every call ends within ten seconds, a delivery within ninety; those
/// that wait for the access system, within two minutes. Safe for any thread.</summary>
/// <param name="socket">Path of the vault's socket.</param>
public sealed partial class VaultClient(string socket)
    : IVault, IAccessControlGateway, INoticeGateway, IConsentGateway, IDisposable
{
    private const int KeyOctets = 32;
    private const int CohortOctets = 8;

    private readonly VaultChannel _patient = new(socket, TimeSpan.FromSeconds(90));

    internal VaultChannel Channel { get; } = new(socket);

    /// <summary>Path of the vault's socket.</summary>
    public string Socket => socket;

    public Task SealAsync(CaseId id, SubjectKey subject, uint epoch, CancellationToken cancel) =>
        Channel.SendAsync(
            Post(
                "v1/seal", new SealRequest(id.ToString(), subject.ToString(), epoch),
                VaultJsonContext.Default.SealRequest),
            cancel);

    public Task DestroyAsync(CaseId id, CancellationToken cancel) =>
        _slow.SendAsync(new HttpRequestMessage(HttpMethod.Delete, $"v1/cases/{id}"), cancel);

    public async Task<IReadOnlyDictionary<CaseId, SubjectKey>> ReissueAsync(
        IReadOnlyCollection<CaseId> cases, uint epoch, CancellationToken cancel)
    {
        var asked = Post(
            "v1/reissue", new ReissueRequest([.. cases.Select(id => id.ToString())], epoch),
            VaultJsonContext.Default.ReissueRequest);
        var names = await Channel.SendAsync(asked, VaultJsonContext.Default.ReissueResponse, cancel);
        return names.Names.ToDictionary(name => VaultText.Case(name.Key), name => VaultText.Subject(name.Value));
    }

    public async Task<SubjectKey?> AttributeAsync(
        IpKey address, ushort? port, DateTimeOffset at, CancellationToken cancel)
    {
        var asked = Post(
            "v1/attribute", new AttributionRequest(address.ToString(), at, port),
            VaultJsonContext.Default.AttributionRequest);
        return (await Channel.SendAsync(asked, VaultJsonContext.Default.AttributionResponse, cancel)).Subject
            is { } name
            ? VaultText.Subject(name)
            : null;
    }

    public async Task<Disclosure> DiscloseAsync(DisclosureOrder order, CancellationToken cancel)
    {
        var asked = new DiscloseRequest(
            order.Case.ToString(), order.Scope.ToString(), order.AskedBy, order.AskedRole, order.GivenBy,
            order.GivenRole, order.Reason, order.Number);
        var view = await Channel.SendAsync(
            Post("v1/disclose", asked, VaultJsonContext.Default.DiscloseRequest),
            VaultJsonContext.Default.DiscloseResponse, cancel);
        return new Disclosure(view.Line, view.Until);
    }

    public async Task<NoticeReceipt> DeliverAsync(Notice notice, CancellationToken cancel)
    {
        var answer = await _patient.SendAsync(
            Post("v1/notices", NoticeRequest.From(notice), NoticeJsonContext.Default.NoticeRequest),
            NoticeJsonContext.Default.NoticeResponse, cancel);
        return answer.Read();
    }

    /// <summary>What is held about the line that had an address at a time (rules.md R19); for the privacy officer and
    /// the vault's own user.</summary>
    public Task<SubjectAccessReport> SubjectAsync(
        IpKey address, ushort? port, DateTimeOffset at, CancellationToken cancel) =>
            Channel.SendAsync(
                Post(
                    "v1/subject", new SubjectAccessRequest(address.ToString(), at, port),
                    VaultJsonContext.Default.SubjectAccessRequest),
                VaultJsonContext.Default.SubjectAccessReport, cancel);

    /// <summary>A customer's consent to a diagnosis of the line that has an address now (rules.md R20), as a token for
    /// the desk; for the officers and the vault's own user.</summary>
    public async Task<string> GiveConsentAsync(
        IpKey address, ushort? port, FlowPredicate named, int hours, CancellationToken cancel)
    {
        var asked = Post(
            "v1/consents", new ConsentRequest(address.ToString(), PredicateText.Write(named), hours, port),
            VaultJsonContext.Default.ConsentRequest);
        return (await Channel.SendAsync(asked, VaultJsonContext.Default.ConsentTokenMessage, cancel)).Token;
    }

    /// <summary>Withdraws every consent of a line; how many there were.</summary>
    public async Task<int> WithdrawConsentsAsync(IpKey address, ushort? port, CancellationToken cancel) =>
        (await Channel.SendAsync(
            Post(
                "v1/consents/withdraw", new ConsentWithdrawal(address.ToString(), port),
                VaultJsonContext.Default.ConsentWithdrawal),
            VaultJsonContext.Default.ConsentCountResponse, cancel)).Count;

    public async Task<string> ConsentKeyAsync(CancellationToken cancel) =>
        (await Channel.SendAsync(Get("v1/consents/key"), VaultJsonContext.Default.ConsentKeyResponse, cancel)).Pem;

    public async Task<SubjectKey> RedeemAsync(string token, CancellationToken cancel)
    {
        var name = await Channel.SendAsync(
            Post("v1/consents/use", new ConsentTokenMessage(token), VaultJsonContext.Default.ConsentTokenMessage),
            VaultJsonContext.Default.AttributionResponse, cancel);
        return VaultText.Subject(
            name.Subject ?? throw new VaultDownException("the vault took a consent and named nobody"));
    }

    public async Task<IReadOnlyCollection<ConsentId>> WithdrawnAsync(
        IReadOnlyCollection<ConsentId> ids, CancellationToken cancel)
    {
        var asked = Post(
            "v1/consents/withdrawn", new ConsentIdsResponse([.. ids.Select(id => id.ToString())]),
            VaultJsonContext.Default.ConsentIdsResponse);
        return [.. (await Channel.SendAsync(asked, VaultJsonContext.Default.ConsentIdsResponse, cancel)).Ids.Select(
            text => ConsentId.TryParse(text, out var id)
                ? id
                : throw new VaultDownException("the vault named no consent"))];
    }

    /// <summary>Returns when the vault answers.</summary>
    /// <exception cref="VaultDownException">It does not.</exception>
    public Task PingAsync(CancellationToken cancel) => Channel.SendAsync(Get("v1/health"), cancel);

    /// <summary>Epochs whose key the vault keeps.</summary>
    public async Task<IReadOnlyList<uint>> EpochsAsync(CancellationToken cancel) =>
        (await Channel.SendAsync(Get("v1/health"), VaultJsonContext.Default.VaultHealth, cancel)).Epochs;

    /// <summary>How much the vault keeps of who had an address: rows, the end of the one that ended longest ago,
    /// octets. Of nobody in particular.</summary>
    public async Task<(long Rows, DateTimeOffset? Oldest, DateTimeOffset? Newest, long Octets)> IdentityHeldAsync(
        CancellationToken cancel)
    {
        var held = await Channel.SendAsync(
            Get("v1/identity"), VaultJsonContext.Default.IdentityRetentionResponse, cancel);
        return (held.Rows, held.Oldest, held.Newest, held.Octets);
    }

    /// <summary>The key of an epoch, in memory that does not move.</summary>
    /// <exception cref="EpochKeyException">It is no more, or not yet.</exception>
    public async Task<byte[]> EpochKeyAsync(uint epoch, CancellationToken cancel)
    {
        var key = KeyFile.Room(KeyOctets);
        await Channel.ReadAsync(
            Get(string.Create(CultureInfo.InvariantCulture, $"v1/epochs/{epoch}/key")), key, cancel);
        return key;
    }

    /// <summary>The key of an epoch's cohort draw.</summary>
    public async Task<ulong> CohortKeyAsync(uint epoch, CancellationToken cancel)
    {
        var key = KeyFile.Room(CohortOctets);
        await Channel.ReadAsync(
            Get(string.Create(CultureInfo.InvariantCulture, $"v1/epochs/{epoch}/cohort")), key, cancel);
        return BitConverter.ToUInt64(key);
    }

    public void Dispose()
    {
        Channel.Dispose();
        _slow.Dispose();
        _patient.Dispose();
    }

    private static HttpRequestMessage Get(string path) => new(HttpMethod.Get, path);

    private static HttpRequestMessage Post<T>(string path, T body, JsonTypeInfo<T> type) =>
        new(HttpMethod.Post, path) { Content = JsonContent.Create(body, type) };
}
