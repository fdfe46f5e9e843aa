// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

internal sealed record CasesSettings
{
    [Setting("Directory of the records of cases, scopes and approvals.")]
    public string Dir { get; init; } = "/var/lib/weir/cases";

    [Setting("How long an endpoint that two people promoted stays on our own list.", Min = "1d", Max = "365d")]
    public TimeSpan PromotedFor { get; init; } = TimeSpan.FromDays(90);

    [Setting("How far back a promotion looks for contacts, which become events.", Min = "1h", Max = "7d",
        Because = "pair digests are kept no longer (R10)")]
    public TimeSpan LookBack { get; init; } = TimeSpan.FromDays(7);
}

internal sealed record ControlSettings
{
    [Setting("Unix socket of the API over which the other commands speak to `weir serve`; who acts is the user at its other end.")]
    public string Socket { get; init; } = "/var/lib/weir/control.sock";
}
