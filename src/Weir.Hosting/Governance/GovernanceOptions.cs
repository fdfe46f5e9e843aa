// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;

namespace Weir.Hosting.Governance;

/// <summary>Where what is governed stands; the section <c>governance</c>.</summary>
public sealed record GovernanceOptions : ISection
{
    [Setting("What is governed: people with their roles and keys, the profile, who may run all processes as one user. "
        + "Signed by two people in FILE.d/*.sig; docs/32-people-and-keys.md. A lab needs none.")]
    public string File { get; init; } = "/etc/weir/governance.yaml";

    [Setting("Fingerprints of the two keys whose signatures are believed at the first start, a line each; `weir vault "
        + "enroll` writes it. From then on the people of the governance in force sign.")]
    public string Anchor { get; init; } = "/etc/weir/trust-anchor";

    public void Validate(SectionFaults faults)
    {
        faults.AddEmpty("file", File);
        faults.AddEmpty("anchor", Anchor);
    }
}
