// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Flows;

/// <summary>Pseudonym of a subject under an epoch key (rules.md R8); in the <c>lab</c> profile the
/// address block itself.</summary>
public readonly record struct SubjectKey(UInt128 Pseudonym) : IComparable<SubjectKey>
{
    public int CompareTo(SubjectKey other) => Pseudonym.CompareTo(other.Pseudonym);

    public override string ToString() => $"p-{Pseudonym:x32}";
}
