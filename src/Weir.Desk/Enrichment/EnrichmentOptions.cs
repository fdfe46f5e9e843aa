// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Desk.Enrichment;

/// <summary>Whose networks endpoints are in; the section <c>enrichment</c>.</summary>
public sealed record EnrichmentOptions : ISection
{
    [Setting("Files that say whose network an address is in: a prefix-to-AS table (`192.0.2.0/24 64500`, CAIDA's pfx2as, "
        + "ranges with country and name), names of AS numbers (`asn,name`), a MaxMind database (.mmdb). Recognised by "
        + "content, gzip too; what an earlier file knows stands. Read anew when they change.",
        Example = "/var/lib/weir/names/asn.mmdb")]
    public IReadOnlyList<string> Files { get; init; } = [];

    [Setting("How often the files are looked at.", Min = "1m", Max = "7d")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);

    public void Validate(SectionFaults faults)
    {
        foreach (var (index, file) in Files.Index())
        {
            faults.AddEmpty($"files[{index}]", file);
        }
    }
}
