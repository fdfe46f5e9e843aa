// SPDX-License-Identifier: Apache-2.0
namespace Weir.Cli.Configuring;

internal sealed record EvidenceSettings
{
    [Setting("Directory of the ring buffer of flows, from which a scope reaches back; encrypted under a key in memory alone.")]
    public string Dir { get; init; } = "/var/lib/weir/ring";

    [Setting("Most disk that the ring buffer takes; where it does not hold its time, the evidence says from when.", Min = "8MiB", Max = "1TiB")]
    public ByteSize Size { get; init; } = ByteSize.MiB(2_048);

    [Setting("How long a flow stays in the ring buffer.", Min = "1m", Max = "1h", Because = "the ceiling of rule R10 is one hour")]
    public TimeSpan Span { get; init; } = TimeSpan.FromMinutes(6);

    [Setting("Longest wait before evidence can be read.", Min = "1s", Max = "5m")]
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromSeconds(10);
}

internal sealed record CasesSettings
{
    [Setting("Directory of the records of cases, scopes and approvals.")]
    public string Dir { get; init; } = "/var/lib/weir/cases";
}

internal sealed record ControlSettings
{
    [Setting("Unix socket over which the other commands speak to `weir serve`; who acts is the user at its other end.")]
    public string Socket { get; init; } = "/var/lib/weir/control.sock";
}

internal sealed record AccessSettings
{
    [Setting("Users who work on cases.", Example = "ana")]
    public IReadOnlyList<string> Analysts { get; init; } = [];

    [Setting("Users who run the network; with an analyst they block and promote.", Example = "olaf")]
    public IReadOnlyList<string> Operators { get; init; } = [];

    [Setting("Users who answer for privacy; with an analyst they disclose.", Example = "petra")]
    public IReadOnlyList<string> PrivacyOfficers { get; init; } = [];

    [Setting("Users who see what was done, and no flow.", Example = "aud")]
    public IReadOnlyList<string> Auditors { get; init; } = [];

    [Setting("Users who keep the program running: no case, no scope, no evidence.", Example = "adam")]
    public IReadOnlyList<string> Administrators { get; init; } = [];
}
