// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Contracts.Subjects;
using Weir.Desk.Api.Subjects;
using Weir.Vault.Subjects;

namespace Weir.Cli.Api;

/// <summary>The desk's records as the vault asks for them, over the API of <c>weir serve</c>. One that is down or
/// refuses is told in the view, in a few seconds.</summary>
internal sealed class DeskRecords(string socket, TimeProvider time) : ISubjectRecords
{
    /// <summary>Who asks for a view waits ten seconds.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<IReadOnlyList<SubjectScope>> ScopesAsync(
        IReadOnlyCollection<CaseId> cases, CancellationToken cancel)
    {
        using var client = new ApiClient(socket);
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            var found = await client.PostAsync(
                "subject-scopes", new SubjectScopesRequest([.. cases.Select(id => id.ToString())]),
                SubjectJson.Default.SubjectScopesRequest, SubjectJson.Default.SubjectScopesResponse, either.Token);
            return [.. found.Scopes.Select(s => new SubjectScope(
                s.Case, s.Scope, s.Purpose, s.Class, s.Why, s.From, s.Until, s.Rows, s.State))];
        }
        catch (OperatorException refused)
        {
            throw new IOException($"{refused.Message}. The user of weir vault must stand under access.vault of weir "
                + "serve, and control.socket must be the same in both", refused);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new IOException($"weir serve did not answer at {socket} within {Patience.TotalSeconds:0} s");
        }
    }
}
