// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Data.Common;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Records;

/// <summary>Values as the file holds them.</summary>
internal static class SqliteValue
{
    public static long From(ulong number) => unchecked((long)number);

    public static long From(CaseId id) => From(id.Number);

    public static long From(ScopeId id) => From(id.Number);

    public static long From(DateTimeOffset at) => at.ToUnixTimeMilliseconds();

    public static object? From(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds();

    public static byte[] From(SubjectKey subject)
    {
        var octets = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(octets, subject.Pseudonym);
        return octets;
    }

    public static ulong Number(this DbDataReader row, int column) => unchecked((ulong)row.GetInt64(column));

    public static DateTimeOffset At(this DbDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? MaybeAt(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.At(column);

    public static SubjectKey Subject(this DbDataReader row, int column) =>
        row.IsDBNull(column)
            ? default
            : new SubjectKey(BinaryPrimitives.ReadUInt128BigEndian(row.GetFieldValue<byte[]>(column)));
}
