// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Desk.Reporting;

/// <summary>Reports; the section <c>report</c>.</summary>
public sealed record ReportOptions : ISection
{
    [Setting("Directory for report.json and report.html.")]
    public string Dir { get; init; } = "/var/lib/weir/reports";

    [Setting("The provider's name, as it heads the report.", Example = "Example Net")]
    public string Provider { get; init; } = "";

    public void Validate(SectionFaults faults) => faults.AddEmpty("dir", Dir);
}
