// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Contracts.Consents;
using Weir.Contracts.Flows;
using Weir.Contracts.Protocol;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;

namespace Weir.Vault.Consenting;

/// <summary>Consents as they are asked for: given and withdrawn by people, used by the desk. Safe for any
/// thread.</summary>
internal sealed class ConsentGate(ConsentHandler consents, ConsentKeys keys, VaultRefusals refusals)
{
    public Task<ConsentTokenReply> GiveAsync(PeerCall call, ConsentAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker =>
        {
            var named = PredicateText.TryRead(ask.Class, out var read)
                ? read
                : throw new FormatException("a class is written out/tcp/25, then remote addresses if any");
            return new ConsentTokenReply(await consents.GrantAsync(
                VaultText.Address(ask.Address), ask.Port, named, ask.Hours, asker, cancel));
        });

    public Task<ConsentCount> WithdrawAsync(PeerCall call, ConsentWithdrawal ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker => new ConsentCount(
            await consents.WithdrawAsync(VaultText.Address(ask.Address), ask.Port, asker, cancel)));

    public Task<AttributedSubject> UseAsync(PeerCall call, ConsentUse ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, async asker => new AttributedSubject(
            (await consents.RedeemAsync(ask.Token, asker, cancel)).ToString()));

    public Task<ConsentIds> WithdrawnAsync(PeerCall call, ConsentIds ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, () => Task.FromResult(new ConsentIds(
            [.. consents.Withdrawn(Ids(ask)).Select(id => id.ToString()!)])));

    public Task<ConsentKeyReply?> KeyAsync(PeerCall call, CancellationToken cancel) =>
        refusals.AnswerAsync<ConsentKeyReply?>(call, () => Task.FromResult<ConsentKeyReply?>(new(keys.PublicKey)));

    private static List<ConsentId> Ids(ConsentIds ask) =>
        ask.Ids.Count > VaultLimits.MaxAtOnce
            ? throw new FormatException(string.Create(
                CultureInfo.InvariantCulture, $"at most {VaultLimits.MaxAtOnce} consents are asked about at once"))
            : [.. ask.Ids.Select(text => ConsentId.TryParse(text, out var id)
                ? id
                : throw new FormatException($"'{text}' is not a consent: d- and 32 hexadecimal digits"))];
}
