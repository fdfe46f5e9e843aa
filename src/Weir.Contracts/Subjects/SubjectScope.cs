// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Subjects;

/// <summary>One scope as its subject may see it.</summary>
/// <param name="Case">Its case.</param>
/// <param name="Scope">Its number.</param>
/// <param name="Purpose">Why somebody looked, a word of rules.md R1.</param>
/// <param name="Class">What could be looked at: direction, protocol, remote ports and addresses.</param>
/// <param name="Why">Rule with version, measured value and threshold, or the complaint.</param>
/// <param name="From">First flow inside.</param>
/// <param name="Until">End of the scope.</param>
/// <param name="Rows">Flows kept as evidence now; -1 where they are sealed or nobody may count them.</param>
/// <param name="State">State of the scope.</param>
public sealed record SubjectScope(
    string Case, string Scope, string Purpose, string Class, string Why, DateTimeOffset From, DateTimeOffset Until,
    long Rows, string State);
