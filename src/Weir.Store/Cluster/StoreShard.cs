// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Channels;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Cluster;

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

    /// <summary>The shards of a section, in its order.</summary>
    /// <exception cref="StoreException">The authorities' file cannot be read.</exception>
    internal static IReadOnlyList<StoreShard> Open(ClusterOptions cluster, TimeProvider time)
    {
        try
        {
            return [.. cluster.Shards.Select(shard => new StoreShard(
                shard.Name, Client(shard, cluster.User, cluster.Password?.Value),
                Client(shard, cluster.Loader, cluster.LoaderPassword?.Value)))];
        }
        catch (ChannelException unread)
        {
            throw new StoreException(0, $"cluster.ca: {unread.Message}", retryable: false, unread);
        }

        ClickHouseHttp Client(ShardOptions shard, string user, string? password) => new(
            StoreAddress.ForServer(string.Create(
                CultureInfo.InvariantCulture, $"https://{Bracketed(shard.Host)}:{shard.HttpsPort}/")) with
            {
                Name = shard.Name,
                Login = new StoreLogin(user, password ?? ""),
                Trust = new TlsTrust(cluster.Ca).For(null),
            },
            time)
        { Patience = cluster.Patience };
    }

    public void Dispose()
    {
        Client.Dispose();
        Loader.Dispose();
    }

    /// <summary>A sentence about it begins so; empty where it is the only one.</summary>
    internal string Prefix => Client.Address.Prefix;

    /// <summary>A host as it stands before a port.</summary>
    internal static string Bracketed(string host) =>
        host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
}
