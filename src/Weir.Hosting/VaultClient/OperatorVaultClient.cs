// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Protocol;
using Weir.Contracts.Subjects;
using Weir.Hosting.Peers.Calling;
using Weir.Wire;

namespace Weir.Hosting.VaultClient;

/// <summary>The vault as people see it on the command line: the privacy officer, the help desk. Safe for any
/// thread.</summary>
public sealed class OperatorVaultClient(PeerClient vault)
{
    /// <summary>What is held about the line that had an address at a time (rules.md R19).</summary>
    public Task<SubjectAccessReport> SubjectAsync(
        IpKey address, ushort? port, DateTimeOffset at, CancellationToken cancel) => vault.AskAsync(
            VaultRoutes.Subject, new(RequestNumber.Create(), address.ToString(), at, port), VaultCalls.Json.SubjectAsk,
            VaultCalls.Json.SubjectAccessReport, (VaultCalls.Soon, cancel));

    /// <summary>A customer's consent to a diagnosis of the line that has an address now (rules.md R20), as a token for
    /// the desk.</summary>
    public async Task<string> GiveConsentAsync(
        IpKey address, ushort? port, FlowPredicate named, int hours, CancellationToken cancel) =>
        (await vault.AskAsync(
            VaultRoutes.GiveConsent,
            new(RequestNumber.Create(), address.ToString(), PredicateText.Write(named), hours, port),
            VaultCalls.Json.ConsentAsk, VaultCalls.Json.ConsentTokenReply, (VaultCalls.Soon, cancel))).Token;

    /// <summary>Withdraws every consent of a line; how many there were.</summary>
    public async Task<int> WithdrawConsentsAsync(IpKey address, ushort? port, CancellationToken cancel) =>
        (await vault.AskAsync(
            VaultRoutes.WithdrawConsents, new(RequestNumber.Create(), address.ToString(), port),
            VaultCalls.Json.ConsentWithdrawal, VaultCalls.Json.ConsentCount, (VaultCalls.Soon, cancel))).Count;

    /// <summary>How much is kept of who had an address; of nobody in particular.</summary>
    public Task<VaultHoldings> HoldingsAsync(CancellationToken cancel) =>
        vault.ReadAsync(VaultRoutes.Retention, VaultCalls.Json.VaultHoldings, cancel);

    /// <summary>How the vault is; also, whether it answers.</summary>
    public Task<VaultStatus> StatusAsync(CancellationToken cancel) =>
        vault.ReadAsync(VaultRoutes.Status, VaultCalls.Json.VaultStatus, cancel);
}
