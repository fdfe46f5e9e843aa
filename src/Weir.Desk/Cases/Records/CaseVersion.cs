// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Desk.Cases.Records;

/// <summary>Tells whether somebody changed a case since it was read.</summary>
internal static class CaseVersion
{
    private const int Length = 32;

    /// <summary>What people change of a case, and which scopes it has; evidence that slides a scope changes nothing of
    /// it. An ETag: 32 hexadecimal digits in quotes.</summary>
    public static string Of(CaseFile file) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{file.State} {file.Assignee} {file.SnoozedUntil:O} {file.ClosedAt:O} {file.Verdict} {file.Comments.Length} ")
            + string.Join(' ', file.Scopes.Select(held => $"{held.Scope.Id} {held.State}")))))[..Length]}\"";
}
