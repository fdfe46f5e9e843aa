// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Contracts.Subjects;

namespace Weir.Vault.Subjects;

/// <summary>For a vault that is told of no desk: the view says so.</summary>
public sealed class NoSubjectRecords : ISubjectRecords
{
    public Task<IReadOnlyList<SubjectScope>> ScopesAsync(IReadOnlyCollection<CaseId> cases, CancellationToken cancel) =>
        Task.FromException<IReadOnlyList<SubjectScope>>(
            new IOException("the vault does not know where the desk's records answer"));
}
