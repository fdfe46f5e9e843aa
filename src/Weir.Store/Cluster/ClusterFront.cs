// SPDX-License-Identifier: Apache-2.0
//
// What stands before the shards: the embedded engine without a row of its own. It gets a configuration file that names
// the shards, and in the place of each table one of its engine's kind Distributed over that table of the shards. Each
// SELECT that reads a table is run by every shard to its end (distributed_group_by_no_merge), and what is around it
// adds up; so a statement is right on many machines where it is right to add up what parts of the lines give, and one
// text serves one machine and many. A shard that does not answer fails the whole (skip_unavailable_shards is 0).
using System.Globalization;
using System.Security;
using System.Text;
using Weir.Hosting.Files;
using Weir.Hosting.Sections;
using Weir.Store.ClickHouse;
using Weir.Wire.Native;

namespace Weir.Store.Cluster;

/// <summary>The embedded engine that asks shards.</summary>
internal static class ClusterFront
{
    private const string Cluster = "weir";
    private const string FileName = "shards.xml";
    private const string Engine = "ENGINE = MergeTree";

    /// <summary>Settings of whatever is asked through it.</summary>
    public static IReadOnlyList<(string Name, string Value)> Settings { get; } =
    [
        ("distributed_group_by_no_merge", "1"), ("skip_unavailable_shards", "0"),
        ("prefer_localhost_replica", "0"), ("connect_timeout_with_failover_secure_ms", "5000"),
    ];

    /// <summary>The engine's socket, as it is asked.</summary>
    public static StoreAddress Address(string socket, ClusterOptions cluster) => StoreAddress.ForSocket(socket) with
    {
        Settings = Settings,
        Behind = [.. cluster.Shards.Select(shard => (shard.Name, string.Create(
            CultureInfo.InvariantCulture, $"{ShardClients.Bracketed(shard.Host)}:{shard.NativePort}")))],
    };

    /// <summary>Writes the engine's configuration, with the shards' password in it, for its user alone.</summary>
    /// <returns>Path of the file.</returns>
    /// <exception cref="StoreException">The folder cannot be written to.</exception>
    public static string WriteConfig(string directory, ClusterOptions cluster)
    {
        var path = Path.Combine(Path.GetFullPath(directory), FileName);
        try
        {
            KeyFile.Folder(Path.GetDirectoryName(path)!);
            KeyFile.Write(path, Encoding.UTF8.GetBytes(Config(cluster)));
            return path;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new StoreException(
                0, $"'{path}' cannot be written: {fault.Message}; let this user write there", retryable: false, fault);
        }
    }

    /// <summary>Puts its tables over the shards'.</summary>
    /// <exception cref="StoreException">It holds rows of its own, or a shard does not answer it.</exception>
    public static async Task EnsureAsync(ClickHouseHttp client, ClusterOptions cluster, CancellationToken cancel)
    {
        await client.ExecuteOutsideAsync(
            $"CREATE DATABASE IF NOT EXISTS {SqlText.Name(client.Address.Database)}", cancel);
        if (await CountAsync(client, "engine != 'Distributed' AND name NOT LIKE 'scratch%'", cancel) > 0)
        {
            throw new StoreException(
                0, "the folder holds a store of its own, and store.cluster names shards; name an empty folder in "
                    + "store.embedded", retryable: false);
        }

        foreach (var statement in StoreSchema.Steps.Values.SelectMany(StoreSchema.Statements))
        {
            if (TableOf(statement) is { } table)
            {
                await client.ExecuteAsync($"DROP TABLE IF EXISTS {table}", cancel);
            }

            await client.ExecuteAsync(Distributed(statement), cancel);
        }

        await AskAllAsync(client, cluster, cancel);
    }

    /// <summary>Whether each shard answers the engine itself, once: address, certificate, user and password, and that
    /// no two addresses lead to one.</summary>
    private static async Task AskAllAsync(ClickHouseHttp client, ClusterOptions cluster, CancellationToken cancel)
    {
        await client.ExecuteAsync($"DROP TABLE IF EXISTS {ShardPlaces.Table}", cancel);
        await client.ExecuteAsync(
            $"CREATE TABLE {ShardPlaces.Table} (number UInt32, shards UInt32) "
                + $"ENGINE = Distributed('{Cluster}', currentDatabase(), '{ShardPlaces.Table}')", cancel);
        var answered = await client.ScalarAsync<ulong>(
            $"SELECT toUInt64(uniqExact(number)) FROM (SELECT number FROM {ShardPlaces.Table})", cancel);
        if (answered != (ulong)cluster.Shards.Count)
        {
            throw new StoreException(
                0,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{answered} of {cluster.Shards.Count} shards answered at their native ports; see that each port ")
                    + "leads to the shard whose it is",
                retryable: false);
        }
    }

    private static Task<ulong> CountAsync(ClickHouseHttp client, string where, CancellationToken cancel) =>
        client.OutsideAsync(
            $"SELECT count() FROM system.tables WHERE database = {SqlText.Literal(client.Address.Database)} "
                + $"AND {where}", cancel);

    /// <summary>A step's statement as this engine runs it.</summary>
    private static string Distributed(string statement)
    {
        var at = statement.IndexOf(Engine, StringComparison.Ordinal);
        if (at < 0 || TableOf(statement) is not { } table)
        {
            return statement;
        }

        var by = statement.Contains("subject FixedString", StringComparison.Ordinal) ? $", {ShardHash.Sql}" : "";
        return $"{statement[..at]}ENGINE = Distributed('{Cluster}', currentDatabase(), '{table}'{by})";
    }

    private static string? TableOf(string statement)
    {
        const string Begin = "CREATE TABLE IF NOT EXISTS ";
        return statement.StartsWith(Begin, StringComparison.Ordinal)
            ? statement[Begin.Length..].Split([' ', '\n', '('], 2)[0]
            : null;
    }

    private static string Config(ClusterOptions cluster)
    {
        var text = new StringBuilder("<clickhouse>\n<openSSL><client>");
        _ = cluster.Ca is { } authorities
            ? text.Append(CultureInfo.InvariantCulture, $"<caConfig>{Xml(Path.GetFullPath(authorities))}</caConfig>")
                .Append("<loadDefaultCAFile>false</loadDefaultCAFile>")
            : text.Append("<loadDefaultCAFile>true</loadDefaultCAFile>");
        _ = text.Append("<verificationMode>strict</verificationMode><extendedVerification>true</extendedVerification>"
            + "<disableProtocols>sslv2,sslv3,tlsv1,tlsv1_1</disableProtocols><invalidCertificateHandler>"
            + "<name>RejectCertificateHandler</name></invalidCertificateHandler></client></openSSL>\n");
        _ = text.Append(CultureInfo.InvariantCulture, $"<remote_servers><{Cluster}>\n");
        foreach (var shard in cluster.Shards)
        {
            _ = text.Append(CultureInfo.InvariantCulture, $"<shard><replica><host>{Xml(shard.Host)}</host>")
                .Append(CultureInfo.InvariantCulture, $"<port>{shard.NativePort}</port><secure>1</secure>")
                .Append(CultureInfo.InvariantCulture, $"<user>{Xml(cluster.User)}</user>")
                .Append(CultureInfo.InvariantCulture, $"<password>{Xml(cluster.Password?.Value ?? "")}</password>")
                .Append("<compression>false</compression></replica></shard>\n");
        }

        return text.Append(CultureInfo.InvariantCulture, $"</{Cluster}></remote_servers></clickhouse>\n").ToString();
    }

    private static string Xml(string text) => SecurityElement.Escape(text);
}
