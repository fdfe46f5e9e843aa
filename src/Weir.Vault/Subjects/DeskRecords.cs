// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Contracts.Scopes;
using Weir.Contracts.Subjects;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Calling;

namespace Weir.Vault.Subjects;

/// <summary>The desk's records as the vault asks for them, at the desk's door for processes. A desk that is away or
/// refuses is told in the view, in a few seconds.</summary>
public sealed class DeskRecords(PeerClient desk) : ISubjectRecords
{
    /// <summary>Who asks for a view waits ten seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<SubjectScope>> ScopesAsync(
        IReadOnlyCollection<CaseId> cases, CancellationToken cancel)
    {
        try
        {
            return (await desk.PostAsync(
                DeskRoutes.SubjectScopes, new SubjectScopesAsk([.. cases.Select(id => id.ToString())]),
                DeskJson.Default.SubjectScopesAsk, DeskJson.Default.SubjectScopesReply, Patience, cancel)).Scopes;
        }
        catch (Exception refused) when (refused is PeerDownException or PeerRefusedException)
        {
            throw new IOException(refused.Message, refused);
        }
    }
}
