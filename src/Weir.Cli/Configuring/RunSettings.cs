// SPDX-License-Identifier: Apache-2.0
using System.Net;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

internal sealed record DigestingSettings
{
    [Setting("Memory for sums that wait to be written; when it is used up they are written early.",
        Min = "64MiB", Max = "1TiB")]
    public ByteSize Memory { get; init; } = ByteSize.MiB(512);

    [Setting("Longest wait before sums are written to the spool: what a crash can cost.", Min = "1s", Max = "1h")]
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMinutes(1);
}

internal sealed record EvidenceSettings
{
    [Setting("How long raw flows can be reached by a scope that opens. They lie encrypted under "
        + "keys that are in memory alone.", Min = "5m", Max = "1h",
        Because = "a scope reaches back five minutes, and raw flows are kept no longer than an hour (R5, R10)")]
    public TimeSpan Ring { get; init; } = TimeSpan.FromMinutes(6);

    [Setting("Disk that the ring takes at most, all shards together; about 110 octets a flow. Where it holds less than "
        + "five minutes, evidence says from when it is whole.", Min = "64MiB", Max = "1TiB")]
    public ByteSize RingSize { get; init; } = ByteSize.MiB(2_048);

    [Setting("Directory for the ring. Its files have no name: they are not seen there, and nothing of "
        + "them stays after a stop or crash.")]
    public string RingDir { get; init; } = "/var/lib/weir/ring";

    [Setting("Longest wait before evidence is written to the spool, from where it reaches the store.",
        Min = "1s", Max = "5m")]
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(5);
}

internal sealed record ComparingSettings
{
    [Setting("When the engine runs: `every 6h`, `daily 02:30` (UTC) or `never`.")]
    public Schedule Schedule { get; init; } = Schedule.Daily(new TimeOnly(2, 30));

    [Setting("How far a run looks back. One day unsampled, up to six days when exporters sample.", Min = "1h",
        Max = "7d", Because = "pair digests are kept no longer (R10)")]
    public TimeSpan Window { get; init; } = TimeSpan.FromDays(1);

    [Setting("False discovery rate aimed at: the share of wrong candidates.", Min = "0.000001", Max = "0.2")]
    public double Q { get; init; } = 0.01;

    [Setting("Fewest distinct subjects behind a published count. The `lab` profile does not hide.", Min = "5",
        Max = "1000", Because = "fewer would show single subscribers (R11)")]
    public int K { get; init; } = 10;

    [Setting("Seed of the permuted self-test and of the control cohort: same input and seed, same result.")]
    public ulong Seed { get; init; } = 1;

    [Setting("Benjamini-Yekutieli instead of Benjamini-Hochberg: valid under any dependence, finds less.")]
    public bool Strict { get; init; }
}

internal sealed record StoreSettings : ISection
{
    [Setting("Directory of the embedded engine. Not beside `url`.")]
    public string? Embedded { get => Url is null ? field : null; init; } = "/var/lib/weir/flows";

    [Setting("ClickHouse's HTTP interface, instead of the embedded engine.", Example = "http://127.0.0.1:8123")]
    public Uri? Url { get; init; }

    [Setting("User at `url`.", Example = "weir")]
    public string? User { get; init; }

    [Setting("Password at `url`: `file:/path` or `${VARIABLE}`, rather than the password itself.",
        Example = "file:/etc/weir/clickhouse.password")]
    public Secret? Password { get; init; }

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

internal sealed record ReportSettings
{
    [Setting("Directory for report.json and report.html.")]
    public string Dir { get; init; } = "/var/lib/weir/reports";
}

internal sealed record WebSettings
{
    [Setting("Address and TCP port of console, API, /metrics, /healthz and /readyz.")]
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 8080);
}
