// SPDX-License-Identifier: Apache-2.0
//
// What a row of evidence was recorded for, as one number beside its scope's. The desk numbers scopes, and a number says
// nothing: under the number of another's scope an order that follows from its own grounds would open the other's rows.
// So the collector writes into each row what it verified, and the store gives rows to an order of the same alone. The
// number of the scope is part of it: rows of two scopes of one subject have nothing in common.
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Contracts.Grounds;

/// <summary>The first 64 bits of SHA-256 over number, subject's name, class, purpose and first moment. Pure.</summary>
public static class ScopeBasis
{
    /// <summary>Of rows that nobody verified an order for: of a process by itself, and of before there was one.
    /// </summary>
    public const ulong None = 0;

    /// <summary>The basis of an order that was verified.</summary>
    public static ulong Of(ScopeOrder order) => Of(order, order.Subject);

    /// <summary>The basis under each name that the vault says the subject goes by (rules.md R8): a collector writes the
    /// name of when it was told.</summary>
    /// <param name="order">An order that was verified.</param>
    public static IReadOnlyList<ulong> AllOf(ScopeOrder order) =>
        [.. ScopeGrounds.NamesOf(order).Select(name => Of(order, name))];

    private static ulong Of(ScopeOrder order, SubjectKey name)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"weir scope basis\n{order.Id}\n{name}\n{order.Class}\n{Purposes.ToName(order.Purpose)}\n{order.FromMs}");
        var basis = BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return basis == None ? ulong.MaxValue : basis;
    }
}
