// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;

namespace Weir.Desk.Policy;

/// <summary>Whose policy is in force; the section <c>policy</c>.</summary>
public sealed record PolicyOptions : ISection
{
    [Setting(
        "A policy file instead of the profile's own numbers; `weir policy show us-provider` prints one to begin with.",
        Example = "/etc/weir/policy.yaml")]
    public string? File { get; init; }

    [Setting("Public key, PEM, whose signature lets that file loosen rules. `weir policy sign` makes the signature.",
        Example = "/etc/weir/policy-signer.pem")]
    public string? Signer { get; init; }

    public void Validate(SectionFaults faults)
    {
        faults.AddEmpty("file", File);
        faults.AddEmpty("signer", Signer);
        if (File is null && Signer is not null)
        {
            faults.Add("signer", "has no use without policy.file; take it out, or add the file");
        }
    }

    /// <summary>The policy: the file, or the profile's own.</summary>
    /// <exception cref="PolicyException">The file cannot be in force; every fault is listed.</exception>
    public PolicyProfile Read(Profile profile)
    {
        var name = Schema.Kebab(profile.ToString());
        if (File is not { } file)
        {
            return PolicyReader.BuiltIn(name);
        }

        var policy = PolicyReader.ReadFile(file, Signer);
        return policy.Profile == name
            ? policy
            : throw new PolicyException(
            [
                $"{file}: is a form of {policy.Profile}, and the configuration's profile is {name}; make them agree"
            ]);
    }
}
