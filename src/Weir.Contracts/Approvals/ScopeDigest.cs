// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Approvals;

/// <summary>What a text calls a scope by: its number, purpose and class, as screens show them, and a digest that holds
/// them to the line and the begin. Its end slides with evidence and its subject is named anew each epoch, so neither is
/// in it.</summary>
public static class ScopeDigest
{
    /// <summary><c>s-0011223344556677 PURPOSE CLASS, SHA-256 DIGEST</c>: hexadecimal, over number, case, purpose,
    /// class, the line's own port and begin, a line each.</summary>
    public static string Of(ScopeOrder order)
    {
        var digest = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(
            '\n', order.Id, order.Case, Purposes.ToName(order.Purpose), PredicateText.Write(order.Class),
            order.Class.SubjectPort.ToString(CultureInfo.InvariantCulture),
            order.FromMs.ToString(CultureInfo.InvariantCulture))));
        return $"{order.Id} {Purposes.ToName(order.Purpose)} {order.Class}, SHA-256 {Convert.ToHexStringLower(digest)}";
    }
}
