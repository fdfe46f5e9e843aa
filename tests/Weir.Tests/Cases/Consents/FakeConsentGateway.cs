// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Contracts.Clients;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Policy;

namespace Weir.Tests.Cases;

/// <summary>The vault's part of consents, in memory: it signs, and gives each out once.</summary>
internal sealed class FakeConsentGateway : IConsentGateway
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public SubjectKey Subject { get; set; } = CaseHandlerFixture.Subject(7);

    public bool IsDown { get; set; }

    public HashSet<ConsentId> Used { get; } = [];

    public HashSet<ConsentId> Withdrawn { get; } = [];

    public static Consent Create(
        long fromMs = CaseHandlerFixture.Start, int minutes = 120, FlowPredicate? named = null) =>
        new()
        {
            Id = ConsentId.Fresh(), Desk = "weir", Line = Convert.ToBase64String(RandomNumberGenerator.GetBytes(44)),
            Class = named ?? CaseHandlerFixture.Asked(Direction.Out, CaseHandlerFixture.Tcp, [25]),
            From = DateTimeOffset.FromUnixTimeMilliseconds(fromMs),
            Until = DateTimeOffset.FromUnixTimeMilliseconds(fromMs).AddMinutes(minutes),
        };

    public string Sign(Consent consent) => ConsentToken.Sign(consent, _key);

    public Task<string> ConsentKeyAsync(CancellationToken cancel) =>
        IsDown ? throw new VaultDownException("no socket") : Task.FromResult(_key.ExportSubjectPublicKeyInfoPem());

    public Task<SubjectKey> RedeemAsync(string token, CancellationToken cancel) =>
        ConsentToken.TryRead(token, _key, out var consent) && Used.Add(consent.Id)
            ? Task.FromResult(Subject)
            : throw new VaultRefusedException(DenyCode.Expired, "it was used");

    public Task<IReadOnlyCollection<ConsentId>> WithdrawnAsync(
        IReadOnlyCollection<ConsentId> ids, CancellationToken cancel) =>
            Task.FromResult<IReadOnlyCollection<ConsentId>>([.. ids.Where(Withdrawn.Contains)]);
}
