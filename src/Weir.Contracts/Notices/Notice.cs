// SPDX-License-Identifier: Apache-2.0
//
// What the desk has a customer told: which scope, which step, what was really done. The facts of the scope the vault
// takes from its grounds. Who the customer is stands nowhere here; only the vault knows, and its pipe delivers
// (rules.md R9).
using Weir.Contracts.Clients;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Notices;

/// <summary>One notice to the customer of a case.</summary>
/// <param name="Case">Whose.</param>
/// <param name="Scope">The scope that allows it.</param>
/// <param name="Step">Which step; told once for each case.</param>
/// <param name="Done">What was done, each as it really stands.</param>
public sealed record Notice(CaseId Case, ScopeId Scope, NoticeStep Step, IReadOnlyList<ActionTaken> Done);

/// <summary>What became of a delivery.</summary>
public enum NoticeOutcome : byte
{
    /// <summary>The next station took it and said so.</summary>
    Delivered = 1,

    /// <summary>It was delivered before; nothing was sent again.</summary>
    Before,

    /// <summary>It may go later: the station was away or said so.</summary>
    Later,

    /// <summary>The vault knows no way to reach the customer.</summary>
    NoContact,

    /// <summary>Refused for good.</summary>
    Refused,
}

/// <summary>Proof of a delivery, without who it went to.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Channel"><c>mail</c>, <c>webhook</c>, <c>script</c>.</param>
/// <param name="Reply">What the next station said, cut to its codes (<c>250 2.0.0</c>, <c>200</c>, <c>exit 0</c>): the
/// rest leads through the station's log to the customer and stays in the vault. Or why it was not sent.</param>
/// <param name="Digest">HMAC-SHA256 of what was sent under the case's own key, hexadecimal: nobody without the vault
/// can try names against it.</param>
/// <param name="Language">Of the text.</param>
/// <param name="At">When.</param>
public sealed record NoticeReceipt(
    NoticeOutcome Outcome, string Channel, string Reply, string Digest, string Language, DateTimeOffset At);

/// <summary>The way to the customer: the vault finds out who it is and sends; who asks learns what became of it
/// (rules.md R9).</summary>
public interface INoticeGateway
{
    /// <summary>Delivers once for each case and step, whoever asks again.</summary>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer.</exception>
    /// <exception cref="Weir.Contracts.Clients.VaultRefusedException">The case has no key there.</exception>
    Task<NoticeReceipt> DeliverAsync(Notice notice, CancellationToken cancel);

    /// <summary>The text of a step with invented facts; sends nothing.</summary>
    /// <param name="step">Which step.</param>
    /// <param name="language">Which language; another where there are no texts of it.</param>
    /// <param name="cancel">Gives up.</param>
    /// <exception cref="Weir.Contracts.Clients.VaultDownException">The vault does not answer.</exception>
    Task<Protocol.NoticeExample> PreviewAsync(NoticeStep step, string language, CancellationToken cancel);
}
