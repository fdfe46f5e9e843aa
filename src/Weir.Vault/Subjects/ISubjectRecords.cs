// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Contracts.Subjects;

namespace Weir.Vault.Subjects;

/// <summary>What the desk's records say of cases. The vault knows whose a case is, the desk knows why: for the
/// subject's own view (rules.md R19) the vault asks.</summary>
public interface ISubjectRecords
{
    /// <summary>The scopes of some cases, closed ones included while they are kept.</summary>
    /// <exception cref="IOException">The records do not answer: the view says so in their place.</exception>
    Task<IReadOnlyList<SubjectScope>> ScopesAsync(IReadOnlyCollection<CaseId> cases, CancellationToken cancel);
}
