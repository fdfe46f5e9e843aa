// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

internal sealed record PolicySettings
{
    [Setting(
        "A policy file instead of the profile's own numbers; `weir policy show us-provider` prints one to begin with.",
        Example = "/etc/weir/policy.yaml")]
    public string? File { get; init; }

    [Setting("Public key, PEM, whose signature lets that file loosen rules. `weir policy sign` makes the signature.",
        Example = "/etc/weir/policy-signer.pem")]
    public string? Signer { get; init; }
}

internal sealed record AuditingSettings
{
    [Setting("Directory of the audit log and of the key that signs its heads; Weir's user alone may read it.")]
    public string Dir { get; init; } = "/var/lib/weir/audit";

    [Setting("How often a head is signed over everything so far.", Min = "1s", Max = "10m",
        Because = "rule R12 wants a head every ten minutes")]
    public TimeSpan HeadPeriod { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("How long entries are kept.", Min = "365d", Max = "36500d", Because = "rule R10 wants a year at least")]
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(400);

    [Setting("A directory off this machine to which every head is copied, so that a log written anew is found.",
        Example = "/mnt/evidence/weir")]
    public string? ExportDir { get; init; }

    public AuditOptions Options(string version) => new()
    {
        Directory = Dir,
        HeadPeriod = HeadPeriod,
        Retention = Keep,
        ExportDirectory = ExportDir,
        Version = version
    };
}
