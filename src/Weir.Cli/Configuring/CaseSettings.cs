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

    [Setting(
        "User of `weir vault`: may ask which scopes a case has and why, for the customer's own view, and nothing else.",
        Example = "weir-vault")]
    public string? Vault { get; init; }
}
