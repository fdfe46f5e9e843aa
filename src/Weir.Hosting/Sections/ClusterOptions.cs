// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Sections;

/// <summary>The flow store's machines where one does not hold it; the section <c>store.cluster</c>.</summary>
public sealed record ClusterOptions : ISection
{
    [Setting("The shards, ClickHouse servers, each with a part of the lines. Their number and order are for ever: a "
        + "shard that finds itself elsewhere than before is refused. One machine without a server unless set.")]
    public IReadOnlyList<ShardOptions> Shards { get; init; } = [];

    [Setting("User at every shard that asks, makes tables, and drops what is due.", Example = "weir")]
    public string User { get; init; } = "weir";

    [Setting("Its password: `file:/path` or `${VARIABLE}`, rather than the password itself.",
        Example = "file:/etc/weir/clickhouse.password")]
    public Secret? Password { get; init; }

    [Setting("User at every shard that inserts, and needs no other right.", Example = "weir-loader")]
    public string Loader { get; init; } = "weir-loader";

    [Setting("Its password, as above.", Example = "file:/etc/weir/clickhouse-loader.password")]
    public Secret? LoaderPassword { get; init; }

    [Setting("PEM file of the authorities whose certificates the shards show; the system's unless set.",
        Example = "/etc/weir/clickhouse-ca.pem")]
    public string? Ca { get; init; }

    /// <summary>How long a shard that cannot be connected to is tried again. Default 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether the store's rows lie on shards.</summary>
    public bool IsUsed => Shards.Count > 0;

    public void Validate(SectionFaults faults)
    {
        if (Shards.Count == 1)
        {
            faults.Add("shards", "names one; name two or more, or write store.url for a single server");
        }

        faults.AddTwice("shards", Shards, shard => shard.Name);
        faults.AddTwice("shards", Shards, shard => FormattableString.Invariant($"{shard.Host}:{shard.NativePort}"));
        faults.AddMissing("ca", IsUsed ? Ca : null);
        if (IsUsed && User == Loader)
        {
            faults.Add(
                "loader", $"is {Loader}, as store.cluster.user is; name a user that may insert and nothing else");
        }

        foreach (var key in (string[])["password", "loader-password", "ca"])
        {
            if (!IsUsed && faults.IsWritten(key))
            {
                faults.Add(key, "has no use without store.cluster.shards; take it out, or name the shards");
            }
        }
    }
}

/// <summary>One shard. Both ports speak TLS, and nothing else is spoken.</summary>
public sealed record ShardOptions : ISection
{
    [Setting("Name, in what is told of it.", Required = true, Example = "flows-1")]
    public string Name { get; init; } = "";

    [Setting("Host name or address, as its certificate says.", Required = true, Example = "flows-1.example.net")]
    public string Host { get; init; } = "";

    [Setting("Port of ClickHouse's HTTP interface over TLS (`https_port`): rows, tables and retention.",
        Min = "1", Max = "65535")]
    public int HttpsPort { get; init; } = 8443;

    [Setting("Port of ClickHouse's native protocol over TLS (`tcp_port_secure`): what is asked of all shards.",
        Min = "1", Max = "65535")]
    public int NativePort { get; init; } = 9440;

    public void Validate(SectionFaults faults)
    {
        if (Name.Length is 0 or > 64 || !Name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            faults.Add("name", $"is '{Name}'; write letters, digits and hyphens, 64 at most");
        }

        if (Uri.CheckHostName(Host) == UriHostNameType.Unknown)
        {
            faults.Add("host", $"is '{Host}'; write a host name or an address");
        }
    }
}
