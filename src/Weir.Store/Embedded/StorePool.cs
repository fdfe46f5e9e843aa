// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Weir.Store.ClickHouse;

namespace Weir.Store.Embedded;

/// <summary>Connections to the one directory, each lent to one request at a time.</summary>
internal sealed class StorePool : IDisposable
{
    private readonly ChDb _engine;
    private readonly string _directory;
    private readonly string[] _arguments;
    private readonly SemaphoreSlim _free;
    private readonly ConcurrentBag<PooledConnection> _idle = [];

    public StorePool(ChDb engine, int connections, string directory, params string[] arguments)
    {
        (_engine, _directory, _arguments) = (engine, directory, arguments);
        _free = new SemaphoreSlim(connections);
        _idle.Add(Open());
    }

    public async Task<PooledConnection> RentAsync(CancellationToken cancel)
    {
        await _free.WaitAsync(cancel);
        return _idle.TryTake(out var connection) ? connection : Open();
    }

    public void Return(PooledConnection connection)
    {
        _idle.Add(connection);
        _free.Release();
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
        {
            _engine.Close(connection.Handle);
        }

        _free.Dispose();
    }

    private PooledConnection Open() => new(_engine, _engine.Connect(_directory, _arguments));
}

/// <summary>One connection, the database it is on, and the settings a request gave it.</summary>
internal sealed class PooledConnection(ChDb engine, ChDbHandle handle)
{
    private string _database = "default";

    public ChDbHandle Handle { get; } = handle;

    public ChDb Engine { get; } = engine;

    /// <summary>Runs a statement that answers nothing.</summary>
    public bool TryRun(string sql, [NotNullWhen(false)] out string? error)
    {
        var result = Engine.Query(Handle, sql, "Null");
        error = Engine.Error(result);
        Engine.Destroy(result);
        return error is null;
    }

    public bool TryUse(string database, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (database == _database)
        {
            return true;
        }

        if (!TryRun($"USE {SqlText.Name(database)}", out error))
        {
            return false;
        }

        _database = database;
        return true;
    }
}
