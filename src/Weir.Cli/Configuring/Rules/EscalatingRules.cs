// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;

namespace Weir.Cli.Configuring.Rules;

/// <summary>What of the <c>escalating</c> section no single key can tell.</summary>
internal static class EscalatingRules
{
    /// <summary>Every breach as the path of the setting and the rest of the sentence.</summary>
    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings)
    {
        var exempt = settings.Escalating.Exempt;
        for (var i = 0; i < exempt.Services.Count; i++)
        {
            if (!ExemptPort.TryParse(exempt.Services[i], out _))
            {
                yield return (
                    $"escalating.exempt.services[{i}]",
                    $"is '{exempt.Services[i]}'; write a protocol and a port, such as udp/5060");
            }
        }

        for (var i = 0; i < exempt.Domains.Count; i++)
        {
            if (!MitigationTarget.TryParse($"name {exempt.Domains[i]} pass", out _, out _))
            {
                yield return (
                    $"escalating.exempt.domains[{i}]",
                    $"is '{exempt.Domains[i]}', which is no domain name; write one such as help.example.net");
            }
        }

        for (var i = 0; i < settings.Escalating.TrustedLists.Count; i++)
        {
            if (settings.Matching.Lists.All(list => list.Name != settings.Escalating.TrustedLists[i]))
            {
                yield return ($"escalating.trusted-lists[{i}]", $"names '{settings.Escalating.TrustedLists[i]}', and "
                    + "matching.lists has no list of that name; write one of its names");
            }
        }
    }
}
