// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Contracts.Scopes;
using Weir.Hosting.Configuration;
using Weir.Wire;

namespace Weir.Hosting.Sections;

/// <summary>Settings of the ladder; the section <c>escalating</c>, which the desk reads, and the vault for the lines
/// that are protected.</summary>
public sealed record EscalatingOptions
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
        Key = "look-every", Min = "1s", Max = "1d")]
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromHours(1);

    [Setting("How long after \"fixed\" flows of before may still come; silence counts from then on.",
        Min = "1s", Max = "1d")]
    public TimeSpan Settles { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("How long a class has to be silent to be clean; never longer than the policy's check.",
        Min = "1s", Max = "14d")]
    public TimeSpan Silence { get; init; } = TimeSpan.FromDays(7);

    [Setting("Other times of silence, by purpose.")]
    public IReadOnlyList<SilenceOptions> Silences { get; init; } = [];

    [Setting("An exporter of the line may deliver nothing for so long within a silence; a longer gap begins the silence "
        + "anew, for nobody watched. Also, after so long a silent exporter is told of.", Min = "1m", Max = "1d")]
    public TimeSpan LongestGap { get; init; } = TimeSpan.FromMinutes(10);

    [Setting("How long the check lasts that \"I fixed it\" begins; never longer than the policy's.",
        Min = "1m", Max = "14d")]
    public TimeSpan CheckTime { get; init; } = TimeSpan.FromDays(14);

    [Setting("Whether Weir closes the class of a flood for the line that sends it, by itself, where the "
        + "policy says `block-dedicated`.")]
    public bool BlocksFloods { get; init; }

    [Setting("Lists that confirm an endpoint alone; any other needs a second one.", Example = "feodo")]
    public IReadOnlyList<string> TrustedLists { get; init; } = [];

    [Setting("What neither a block nor a garden touches: emergency calls, VoIP, updates, "
        + "remediation sites, the customers' page.")]
    public ExemptOptions Exempt { get; init; } = new();

    [Setting("Networks of lines for life or limb: medical devices, alarms. An appeal of one ends what is "
        + "in force until it is reviewed.", Example = "192.0.2.128/25")]
    public IReadOnlyList<Prefix> Protected { get; init; } = [];

    /// <summary>How long a garden that the access system did not confirm waits for its next try.
    /// Default 1 min.</summary>
    public TimeSpan TryEvery { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Weir closes nothing by itself for so long after an emergency stop. Default 24 h.</summary>
    public TimeSpan StopValidFor { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How long a class has to be silent for a purpose.</summary>
    public TimeSpan SilenceOf(Purpose purpose) =>
        Silences.FirstOrDefault(one => one.Purpose == purpose)?.Silence ?? Silence;
}

/// <summary>Silence of one purpose.</summary>
public sealed record SilenceOptions
{
    [Setting("The purpose.", Required = true, Example = "ddos-source")]
    public Purpose Purpose { get; init; } = Purpose.CncContact;

    [Setting("How long it has to be silent.", Min = "1s", Max = "14d")]
    public TimeSpan Silence { get; init; } = new EscalatingOptions().Silence;
}

/// <summary>What no restriction touches (rules.md R14): emergency calls, VoIP, updates, remediation sites, the
/// customer's own page.</summary>
public sealed record ExemptOptions : ISection
{
    [Setting("Networks.", Example = "198.51.100.53/32")]
    public IReadOnlyList<Prefix> Networks { get; init; } = [];

    [Setting("Services by protocol and port of the far end: no block may name one.", Example = "udp/5060")]
    public IReadOnlyList<ExemptPort> Services { get; init; } = [];

    [Setting("Domains, with all below them; the policy zone passes them, whatever else it blocks.",
        Example = "help.example.net")]
    public IReadOnlyList<string> Domains { get; init; } = [];

    public void Validate(SectionFaults faults)
    {
        for (var i = 0; i < Domains.Count; i++)
        {
            if (!MitigationTarget.IsDomain(Domains[i]))
            {
                faults.Add($"domains[{i}]",
                    $"is '{Domains[i]}', which is no domain name; write one such as help.example.net");
            }
        }
    }

    /// <summary>Domains in lower case, without the last dot.</summary>
    public IEnumerable<string> Names => Domains.Select(domain => domain.TrimEnd('.').ToLowerInvariant());

    /// <summary>All of it as plain text, for a garden's own list of what stays open.</summary>
    public IReadOnlyList<string> ToWords() =>
        [.. Networks.Select(network => network.ToString()), .. Services.Select(service => service.ToString()),
            .. Names];
}
