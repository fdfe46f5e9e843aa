// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Approvals;

/// <summary>What a text calls a scope by. Its end slides with evidence and its subject is named anew each epoch, so
/// neither is in it.</summary>
public static class ScopeDigest
{
    /// <summary>SHA-256, hexadecimal, over number, case, purpose, class, the line's own port and begin, a line
    /// each.</summary>
    public static string Of(ScopeOrder order) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        string.Join(
            '\n', order.Id, order.Case, Purposes.ToName(order.Purpose), PredicateText.Write(order.Class),
            order.Class.SubjectPort.ToString(CultureInfo.InvariantCulture),
            order.FromMs.ToString(CultureInfo.InvariantCulture)))));
}
