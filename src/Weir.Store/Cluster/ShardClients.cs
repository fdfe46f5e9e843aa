// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using Weir.Hosting.Channels;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Cluster;

/// <summary>How the shards of a section are asked.</summary>
internal static class ShardClients
{
    /// <summary>The shards of a section, in its order.</summary>
    /// <exception cref="StoreException">The authorities' file cannot be read.</exception>
    public static IReadOnlyList<StoreShard> Open(ClusterOptions cluster, TimeProvider time)
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

    /// <summary>A host as it stands before a port.</summary>
    public static string Bracketed(string host) =>
        host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
}
