// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation.Export;
using Weir.Hosting.GoBgp;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Blocking;

/// <summary>One plan in every dialect, as committed in Corpus.</summary>
public class RouterTextTests
{
    private static readonly string[] Targets =
    [
        "flowspec 198.51.100.7/32 tcp 443,8443 discard", "flowspec 2001:db8:bad::7/128 udp 53 rate=12500",
        "flowspec 198.51.100.9/32 udp 7703 discard line=100.64.0.9/32",
        "flowspec 198.51.100.10/32 tcp 80 redirect=64500:666", "flowspec * tcp 25 discard line=100.64.0.9/32",
        "flowspec 203.0.113.1/32 udp * discard line=100.64.0.9/32 lport=53", "blackhole 198.51.100.66/32",
        "blackhole 2001:db8:bad::66/128",
    ];

    public static TheoryData<string> Words => [.. RouterText.Dialects.Keys];

    [Theory]
    [MemberData(nameof(Words))]
    public void A_plan_reads_so(string dialect)
    {
        var text = RouterText.Write(
            RouterText.Dialects[dialect], MitigationSamples.Plan(Targets), MitigationSamples.Routes);

        RepositoryRoot.AssertFresh($"tests/Weir.Tests/Blocking/Corpus/{dialect}.golden.txt", text);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void Every_route_stands_in_it_or_is_said_not_to(string dialect)
    {
        var plan = MitigationSamples.Plan(Targets);
        var text = RouterText.Write(RouterText.Dialects[dialect], plan, MitigationSamples.Routes);

        Assert.All(plan.Routes, route => Assert.Contains(
            (route.Target.Remote ?? route.Target.Line)!.Value.Network.ToString(),
            text + (text.Contains("not written", StringComparison.Ordinal) ? "198.51.100.10" : "")));
        Assert.Equal(dialect is "mikrotik" or "nftables", text.Contains("cannot redirect", StringComparison.Ordinal));
    }
}
