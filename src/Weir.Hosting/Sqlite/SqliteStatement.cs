// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Weir.Hosting.Sqlite;

/// <summary>A prepared statement that is run for row after row.</summary>
public sealed class SqliteStatement : IDisposable
{
    private readonly SqliteFile _file;
    private readonly SqliteCommand _command;

    internal SqliteStatement(SqliteFile file, SqliteCommand command, string sql)
    {
        (_file, _command) = (file, command);
#pragma warning disable CA2100 // Every text is a constant of its caller; values go in as parameters.
        _command.CommandText = sql;
#pragma warning restore CA2100 // Nothing else is put together.
    }

    /// <summary>Runs with these values in place of <c>$1</c>, <c>$2</c>, …</summary>
    /// <returns>How many rows changed.</returns>
    public int Run(params ReadOnlySpan<object?> values)
    {
        Bind(values);
        try
        {
            return _command.ExecuteNonQuery();
        }
        catch (SqliteException fault) when (SqliteDiskException.CodeOf(fault, _file.Path) != 0)
        {
            throw SqliteDiskException.Of(fault, _file.Path);
        }
    }

    /// <summary>Reads every row.</summary>
    public List<T> Read<T>(Func<DbDataReader, T> row, params ReadOnlySpan<object?> values)
    {
        var rows = new List<T>();
        Each(found => rows.Add(row(found)), values);
        return rows;
    }

    /// <summary>Passes every row on, one after the other: for more than memory should hold.</summary>
    public void Each(Action<DbDataReader> row, params ReadOnlySpan<object?> values)
    {
        Bind(values);
        try
        {
            using var reader = _command.ExecuteReader();
            while (reader.Read())
            {
                row(reader);
            }
        }
        catch (SqliteException fault) when (SqliteDiskException.CodeOf(fault, _file.Path) != 0)
        {
            throw SqliteDiskException.Of(fault, _file.Path);
        }
    }

    public void Dispose() => _command.Dispose();

    private void Bind(ReadOnlySpan<object?> values)
    {
        _command.Transaction = _file.Transaction;
        for (var i = 0; i < values.Length; i++)
        {
            if (_command.Parameters.Count <= i)
            {
                _ = _command.Parameters.Add(
                    new SqliteParameter(string.Create(CultureInfo.InvariantCulture, $"${i + 1}"), null));
            }

            _command.Parameters[i].Value = values[i] ?? DBNull.Value;
        }
    }
}
