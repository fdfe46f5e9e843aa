// SPDX-License-Identifier: Apache-2.0
using Weir.Flows;

namespace Weir.Vault.Subjects;

/// <summary>A vault that nobody told where the desk answers: the view names its cases and says that their scopes are missing.</summary>
public sealed class NoSubjectRecords : ISubjectRecords
{
    public Task<IReadOnlyList<SubjectScope>> ScopesAsync(IReadOnlyCollection<CaseId> cases, CancellationToken cancel) =>
        Task.FromException<IReadOnlyList<SubjectScope>>(new IOException("the vault does not know where the desk's records answer"));
}
