// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Contracts.Mitigation;
using Weir.Hosting.Blocking;
using Weir.Hosting.Configuration;
using Weir.Hosting.Sections;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>What a resolver is told by.</summary>
public enum ResolverKind
{
    /// <summary>BIND 9, by rndc.</summary>
    Bind,

    /// <summary>Unbound 1.16 and later, by unbound-control.</summary>
    Unbound,
}

/// <summary>The policy zone of the resolvers; the section <c>blocking.rpz</c>.</summary>
public sealed record RpzOptions : ISection, IMitigationBackendOptions
{
    [Setting(
        "The zone's file, written by Weir and loaded by the resolvers. Without it there are no blocks on resolvers.",
        Example = "/var/lib/weir/rpz/rpz.weir.zone")]
    public string? File { get; init; }

    [Setting("Name of the zone.")]
    public string Zone { get; init; } = "rpz.weir";

    [Setting("Name of the walled garden that blocked names lead to.", Example = "garden.example.net")]
    public string? Garden { get; init; }

    [Setting("How long an answer may be kept.", Min = "1s", Max = "1d")]
    public TimeSpan Ttl { get; init; } = TimeSpan.FromMinutes(1);

    [Setting("The resolvers that load it.")]
    public IReadOnlyList<ResolverOptions> Resolvers { get; init; } = [];

    /// <summary>What is answered as ever, whatever is blocked.</summary>
    public ExemptOptions Exempt { get; init; } = new();

    string IMitigationBackendOptions.Switch => "rpz.file";

    bool IMitigationBackendOptions.IsConfigured => File is not null;

    bool IMitigationBackendOptions.HasGarden => Garden is not null;

    void IMitigationBackendOptions.Register(IServiceCollection services, ExemptOptions exempt) =>
        services.AddSingleton<IMitigationBackend>(provider => new RpzBackend(
            this with { Exempt = exempt }, provider.GetRequiredService<TimeProvider>()));

    public void Validate(SectionFaults faults)
    {
        faults.AddEmpty("file", File);
        if (File is null && Resolvers.Count > 0)
        {
            faults.Add("resolvers", "have nothing to load without blocking.rpz.file; name the zone's file, or take "
                + "them out");
        }

        if (!MitigationTarget.IsDomain(Zone))
        {
            faults.Add("zone", $"is '{Zone}', which is no domain name; write one such as rpz.weir");
        }

        if (Garden is { } garden && !MitigationTarget.IsDomain(garden))
        {
            faults.Add("garden", $"is '{garden}', which is no domain name; write the name of the walled garden");
        }

        faults.AddTwice("resolvers", Resolvers, resolver => resolver.Name);
    }
}

/// <summary>A resolver that loads the zone.</summary>
public sealed record ResolverOptions
{
    [Setting("Name shown.", Required = true, Example = "ns1")]
    public string Name { get; init; } = "";

    [Setting("What it is told by: `bind` by rndc, `unbound` by unbound-control.")]
    public ResolverKind Kind { get; init; } = ResolverKind.Bind;

    [Setting("Arguments of that program before its command: which server, which key.", Example = "\"-c\"")]
    public IReadOnlyList<string> Arguments { get; init; } = [];
}
