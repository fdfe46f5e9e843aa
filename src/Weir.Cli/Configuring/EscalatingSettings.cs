// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Hosting.Configuration;
using Weir.Wire;

using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;

namespace Weir.Cli.Configuring;

internal sealed record EscalatingSettings
{
    [Setting("The customer is reminded when it goes on for so long after the notice.", Min = "1s", Max = "90d")]
    public TimeSpan RemindAfter { get; init; } = TimeSpan.FromDays(3);

    [Setting("So long after a delivered notice Weir may close an endpoint for the line by itself, where the "
        + "policy says `block-dedicated`.", Min = "1s", Max = "90d")]
    public TimeSpan AfterNotice { get; init; } = TimeSpan.FromHours(24);

    [Setting("The same after a notice that could not be delivered.", Min = "1s", Max = "90d")]
    public TimeSpan WithoutNotice { get; init; } = TimeSpan.FromHours(72);

    [Setting("How long a block of Weir's own lasts; never longer than the policy's.", Min = "1h", Max = "90d")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromDays(14);

    [Setting("How often an endpoint that was not closed is looked at again, and a running check is counted.",
        Min = "1s", Max = "1d")]
    public TimeSpan LookEvery { get; init; } = TimeSpan.FromHours(1);

    [Setting("How long after \"fixed\" flows of before may still come; silence counts from then on.",
        Min = "1s", Max = "1d")]
    public TimeSpan Settles { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("How long a class has to be silent to be clean; never longer than the policy's check.",
        Min = "1s", Max = "14d")]
    public TimeSpan Silence { get; init; } = TimeSpan.FromDays(7);

    [Setting("Other times of silence, by purpose.")]
    public IReadOnlyList<SilenceSettings> Silences { get; init; } = [];

    [Setting("Whether Weir closes the class of a flood for the line that sends it, by itself, where the "
        + "policy says `block-dedicated`.")]
    public bool BlocksFloods { get; init; }

    [Setting("Lists that confirm an endpoint alone; any other needs a second one.", Example = "feodo")]
    public IReadOnlyList<string> TrustedLists { get; init; } = [];

    [Setting("What neither a block nor a garden touches: emergency calls, VoIP, updates, "
        + "remediation sites, the customers' page.")]
    public ExemptSettings Exempt { get; init; } = new();

    [Setting("Networks of lines for life or limb: medical devices, alarms. An appeal of one ends what is "
        + "in force until it is reviewed.", Example = "192.0.2.128/25")]
    public IReadOnlyList<Prefix> Protected { get; init; } = [];
}

internal sealed record SilenceSettings
{
    [Setting("The purpose.", Required = true, Example = "ddos-source")]
    public Purpose Purpose { get; init; } = Purpose.CncContact;

    [Setting("How long it has to be silent.", Min = "1s", Max = "14d")]
    public TimeSpan Silence { get; init; } = TimeSpan.FromDays(7);
}

internal sealed record ExemptSettings : ISection
{
    [Setting("Networks.", Example = "198.51.100.53/32")]
    public IReadOnlyList<Prefix> Networks { get; init; } = [];

    [Setting("Services by protocol and port of the far end: no block may name one.", Example = "udp/5060")]
    public IReadOnlyList<string> Services { get; init; } = [];

    [Setting("Domains, with all below them; the policy zone passes them, whatever else it blocks.",
        Example = "help.example.net")]
    public IReadOnlyList<string> Domains { get; init; } = [];

    public void Validate(SectionFaults faults)
    {
        for (var i = 0; i < Services.Count; i++)
        {
            if (!ExemptPort.TryParse(Services[i], out _))
            {
                faults.Add($"services[{i}]",
                    $"is '{Services[i]}'; write a protocol and a port, such as udp/5060");
            }
        }

        for (var i = 0; i < Domains.Count; i++)
        {
            if (!MitigationTarget.TryParse($"name {Domains[i]} pass", out _, out _))
            {
                faults.Add($"domains[{i}]",
                    $"is '{Domains[i]}', which is no domain name; write one such as help.example.net");
            }
        }
    }
}
