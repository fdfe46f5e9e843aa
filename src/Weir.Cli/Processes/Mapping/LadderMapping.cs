// SPDX-License-Identifier: Apache-2.0
using System.Collections.Immutable;
using Weir.Cli.Configuring;
using Weir.Desk.Escalations;
using Weir.Desk.Mitigation;

namespace Weir.Cli.Processes.Mapping;

/// <summary>The <c>escalating</c> section as the stages take it.</summary>
internal static class LadderMapping
{
    public static EscalatingOptions Options(EscalatingSettings settings) => new()
    {
        RemindAfter = settings.RemindAfter,
        AfterNotice = settings.AfterNotice,
        WithoutNotice = settings.WithoutNotice,
        Lease = settings.Lease,
        PollInterval = settings.LookEvery,
        Settles = settings.Settles,
        Silence = settings.Silence,
        SilenceOf = settings.Silences.ToImmutableDictionary(one => one.Purpose, one => one.Silence),
        BlocksFloods = settings.BlocksFloods,
    };

    public static Exemptions Exempt(EscalatingSettings settings) => new()
    {
        Networks = [.. settings.Exempt.Networks],
        Services = [.. settings.Exempt.Services.Select(text => ExemptPort.TryParse(text, out var service)
            ? service
            : throw new ArgumentException($"{text} is no service"))],
        Domains = [.. settings.Exempt.Domains.Select(domain => domain.TrimEnd('.').ToLowerInvariant())],
    };

    /// <summary>The same as plain text, for a garden's own list of what stays open.</summary>
    public static IReadOnlyList<string> Words(EscalatingSettings settings)
    {
        var exempt = Exempt(settings);
        return
        [
            .. exempt.Networks.Select(n => n.ToString()),
            .. exempt.Services.Select(s => s.ToString()),
            .. exempt.Domains
        ];
    }
}
