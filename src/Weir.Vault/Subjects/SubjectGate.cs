// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Contracts.Subjects;
using Weir.Hosting.Peers.Serving;
using Weir.Vault.Chain;

namespace Weir.Vault.Subjects;

/// <summary>Gives a customer's own view to who has the customer before them.</summary>
internal sealed class SubjectGate(SubjectAccessReporter reporter, VaultRefusals refusals)
{
    public Task<SubjectAccessReport> AnswerAsync(PeerCall call, SubjectAsk ask, CancellationToken cancel) =>
        refusals.AnswerAsync(call, ask.Number, asker => reporter.MakeAsync(
            asker, VaultText.Address(ask.Address), ask.Port, ask.At, cancel));
}
