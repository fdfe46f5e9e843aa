// SPDX-License-Identifier: Apache-2.0
namespace Weir.Store.ClickHouse;

/// <summary>A machine that holds rows: the only one, or one of several.</summary>
public sealed class StoreShard : IDisposable
{
    internal StoreShard(string name, ClickHouseHttp client, ClickHouseHttp loader) =>
        (Name, Client, Loader) = (name, client, loader);

    /// <summary>What an operator calls it; empty where it is the only one.</summary>
    public string Name { get; }

    /// <summary>Asks its own tables, makes them, and drops what is due.</summary>
    public ClickHouseHttp Client { get; }

    /// <summary>Inserts, by a user that may do nothing else.</summary>
    internal ClickHouseHttp Loader { get; }

    public void Dispose()
    {
        Client.Dispose();
        Loader.Dispose();
    }

    /// <summary>A sentence about it begins so; empty where it is the only one.</summary>
    internal string Prefix => Client.Address.Prefix;
}
