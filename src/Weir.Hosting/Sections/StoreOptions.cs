// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Sections;

/// <summary>The flow store, and the spool of what waits for it; the section <c>store</c>, which collector and store
/// read.</summary>
public sealed record StoreOptions : ISection
{
    [Setting("Directory of the embedded engine. Not beside `url`. With `cluster` it holds no rows: the engine there "
        + "asks the shards.")]
    public string? Embedded { get => Url is null ? field : null; init; } = "/var/lib/weir/flows";

    [Setting("ClickHouse's HTTP interface, instead of the embedded engine.", Example = "http://127.0.0.1:8123")]
    public Uri? Url { get; init; }

    [Setting("User at `url`.", Example = "weir")]
    public string? User { get; init; }

    [Setting("Password at `url`: `file:/path` or `${VARIABLE}`, rather than the password itself.",
        Example = "file:/etc/weir/clickhouse.password")]
    public Secret? Password { get; init; }

    [Setting("A ClickHouse cluster, instead of one machine.")]
    public ClusterOptions Cluster { get; init; } = new();

    [Setting("Directory of segments that wait for the store.")]
    public string Spool { get; init; } = "/var/lib/weir/spool";

    [Setting("Days that pair digests are kept; the policy allows 7, a signed one more.", Min = "1", Max = "30",
        Because = "the ceiling of rule R10 is 7 days, and 30 with a signed policy")]
    public int RetentionDays { get; init; } = 7;

    public void Validate(SectionFaults faults)
    {
        if (Url is not null && faults.IsWritten("embedded"))
        {
            faults.Add("embedded", "and store.url exclude each other; keep one");
        }

        if (Url is not null && Cluster.IsUsed)
        {
            faults.Add("cluster", "and store.url exclude each other; keep one");
        }

        if (Url is null && (User is not null || Password is not null))
        {
            faults.Add(
                User is not null ? "user" : "password",
                "has no use without store.url; take it out, or add the address");
        }

        if (Url is { UserInfo.Length: > 0 })
        {
            faults.Add("url", "carries a user or password; write store.user and store.password");
        }

        faults.AddEmpty("embedded", Embedded);
        faults.AddEmpty("spool", Spool);
    }
}
