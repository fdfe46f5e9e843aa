// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using Microsoft.Data.Sqlite;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Desk.Records;

/// <summary>A prepared statement that is run for row after row.</summary>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;
    }

    /// <summary>Runs with these values in place of <c>$1</c>, <c>$2</c>, …</summary>
    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        return _command.ExecuteNonQuery();
    }

    /// <summary>Reads every row.</summary>
    public List<T> Read<T>(Func<SqliteDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        Bind(values);
        using var reader = _command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (_command.Parameters.Count <= i)
            {
                _ = _command.Parameters.Add(new SqliteParameter($"${i + 1}", null));
            }

            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}

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

    public static ulong Number(this SqliteDataReader row, int column) => unchecked((ulong)row.GetInt64(column));

    public static DateTimeOffset At(this SqliteDataReader row, int column) =>
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));

    public static DateTimeOffset? MaybeAt(this SqliteDataReader row, int column) =>
        row.IsDBNull(column) ? null : row.At(column);

    public static SubjectKey Subject(this SqliteDataReader row, int column) =>
        row.IsDBNull(column)
            ? default
            : new SubjectKey(BinaryPrimitives.ReadUInt128BigEndian(row.GetFieldValue<byte[]>(column)));
}
