// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Contracts.Flows;

/// <summary>Pseudonym of a subject under an epoch key (rules.md R8); in the <c>lab</c> profile the
/// address block itself.</summary>
public readonly record struct SubjectKey(UInt128 Pseudonym) : IComparable<SubjectKey>
{
    public int CompareTo(SubjectKey other) => Pseudonym.CompareTo(other.Pseudonym);

    /// <summary>Reads what <see cref="ToString"/> writes: <c>p-</c> and 32 hexadecimal digits.</summary>
    public static bool TryParse(string? text, out SubjectKey subject)
    {
        UInt128 bits = 0;
        var known = text is { Length: 34 } && text.StartsWith("p-", StringComparison.Ordinal)
            && UInt128.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bits);
        subject = new(bits);
        return known;
    }

    public override string ToString() => $"p-{Pseudonym:x32}";
}
