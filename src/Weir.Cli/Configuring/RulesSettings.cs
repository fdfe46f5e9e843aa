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
