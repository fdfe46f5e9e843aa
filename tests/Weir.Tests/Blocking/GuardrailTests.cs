// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Wire;

namespace Weir.Tests.Blocking;

public class GuardrailTests
{
    private static readonly MitigationTarget Endpoint = MitigationTarget.Parse(
        "flowspec 198.51.100.7/32 tcp 443 discard");
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch.AddHours(1);

    [Theory]
    [InlineData("flowspec 8.8.8.8/32 udp 53 discard", "resolver")]
    [InlineData("blackhole 8.8.8.8/32", "resolver")]
    [InlineData("answer 8.8.8.8/32 nxdomain", "resolver")]
    [InlineData("blackhole 8.8.0.0/16", "resolver")]
    [InlineData("flowspec 100.64.1.1/32 tcp 443 discard", "own")]
    [InlineData("blackhole 2001:db8:64::1/128", "own")]
    public void What_touches_a_never_block_list_is_refused_with_its_name(string target, string why)
    {
        var options = MitigationSamples.Options with
        {
            Never = [new() { Why = "resolver", Networks = [Prefix.Parse("8.8.8.0/24")] }],
        };

        var refusal = Guardrails.Never(MitigationTarget.Parse(target), options);

        Assert.Equal(MitigationRefusal.NeverBlock, refusal!.Code);
        Assert.Contains($"({why})", refusal.Why);
        Assert.Null(Guardrails.Never(Endpoint, options));
    }

    [Theory]
    [InlineData("bank.example", true)]
    [InlineData("www.bank.example", true)]
    [InlineData("example.org", false)]
    [InlineData("notbank.example", false)]
    public void A_domain_of_the_list_is_kept_with_all_below_and_above_it(string domain, bool refused)
    {
        var options = MitigationSamples.Options with { NeverDomains = ["bank.example"] };

        Assert.Equal(refused, Guardrails.NeverDomain(MitigationTarget.Name(domain), options) is not null);
    }

    [Theory]
    [InlineData("blackhole 198.51.100.0/31", false)]
    [InlineData("blackhole 198.51.100.0/32", true)]
    [InlineData("blackhole 2001:db8:bad::/127", false)]
    [InlineData("blackhole 2001:db8:bad::/128", true)]
    [InlineData("flowspec 198.51.100.0/24 tcp 443 discard", false)]
    [InlineData("flowspec 198.51.100.7/32 tcp 443 discard line=100.64.0.0/31", false)]
    [InlineData("flowspec 2001:db8:bad::/128 tcp 443 discard line=2001:db8:64::/48", false)]
    [InlineData("flowspec 2001:db8:bad::/128 tcp 443 discard line=2001:db8:64::/56", true)]
    public void A_prefix_is_one_host_and_a_line_is_one_line_unless_the_policy_says_otherwise(
        string target, bool passes) =>
            Assert.Equal(passes, Guardrails.Width(MitigationTarget.Parse(target), MitigationSamples.Options) is null);

    [Fact]
    public void A_policy_may_let_shorter_prefixes_through() =>
        Assert.Null(Guardrails.Width(
            MitigationTarget.Parse("blackhole 198.51.100.0/24"), MitigationSamples.Options with { ShortestV4 = 24 }));

    [Fact]
    public void A_line_is_ours()
    {
        Assert.Equal(MitigationRefusal.NotOurLine, Guardrails.LineIsOurs(
            MitigationTarget.Parse("flowspec 198.51.100.7/32 tcp 443 discard line=203.0.113.1/32"),
            MitigationSamples.Options)!.Code);
        Assert.Null(Guardrails.LineIsOurs(
            MitigationTarget.Parse("flowspec 198.51.100.7/32 tcp 443 discard line=100.64.0.1/32"),
            MitigationSamples.Options));
    }

    [Theory]
    [InlineData(0, 5)]
    [InlineData(4_999, 5)]
    [InlineData(6_000, 6)]
    [InlineData(100_000, 100)]
    [InlineData(10_000_000, 100)]
    public void The_ceiling_is_a_thousandth_of_the_subjects_between_5_and_100(int subjects, int ceiling) =>
        Assert.Equal(ceiling, Guardrails.Ceiling(subjects));

    [Fact]
    public void A_shared_host_is_not_blocked_by_address_and_the_refusal_says_how_many_it_would_hit()
    {
        var shared = new Collateral(4_711, 100_000, Now);

        Assert.Contains("4711 subjects", Guardrails.Others(Endpoint, shared, MitigationSamples.Options, Now)!.Why);
        Assert.Equal(MitigationRefusal.Collateral, Guardrails.Others(
            MitigationTarget.Parse("blackhole 198.51.100.7/32"), shared, MitigationSamples.Options, Now)!.Code);
        Assert.Equal(MitigationRefusal.Collateral, Guardrails.Others(
            MitigationTarget.Parse("answer 198.51.100.7/32 nxdomain"), shared, MitigationSamples.Options, Now)!.Code);
        Assert.Null(Guardrails.Others(
            MitigationTarget.Parse("flowspec 198.51.100.7/32 tcp 443 discard line=100.64.0.9/32"), shared,
            MitigationSamples.Options, Now));
        Assert.Null(Guardrails.Others(MitigationTarget.Name("bad.example"), shared, MitigationSamples.Options, Now));
        Assert.Null(Guardrails.Others(Endpoint, shared with { NonCaseSubjects = 100 }, MitigationSamples.Options, Now));
        Assert.NotNull(
            Guardrails.Others(Endpoint, shared with { NonCaseSubjects = 101 }, MitigationSamples.Options, Now));
    }

    [Theory]
    [InlineData(6, "hit <10 subjects")]
    [InlineData(9, "hit <10 subjects")]
    [InlineData(10, "hit 10 subjects")]
    [InlineData(37, "hit 35 subjects")]
    [InlineData(38, "hit 40 subjects")]
    [InlineData(4_711, "hit 4710 subjects")]
    public void Outside_the_lab_the_refusal_is_coarse_and_the_rail_is_not(int others, string said)
    {
        var options = MitigationSamples.Options with { Shown = new(10, 5) };

        Assert.Contains(said, Guardrails.Others(Endpoint, new(others, 4_800, Now), options, Now)!.Why);
        Assert.Null(Guardrails.Others(Endpoint, new(5, 4_800, Now), options, Now));
        Assert.Equal("<10 of 4800 subjects", new Collateral(0, 4_798, Now).Shown(options.Shown));
        Assert.Equal("3 of 7 subjects", new Collateral(3, 7, Now).Shown(default));
    }

    [Fact]
    public void Collateral_is_counted_first_and_lately()
    {
        Assert.Equal(
            MitigationRefusal.NotCounted, Guardrails.Others(Endpoint, null, MitigationSamples.Options, Now)!.Code);
        Assert.Equal(MitigationRefusal.NotCounted, Guardrails.Others(
            Endpoint, new(0, 1_000, Now - TimeSpan.FromHours(25)), MitigationSamples.Options, Now)!.Code);
    }

    [Fact]
    public void There_is_a_cap_at_once_and_within_the_hour_for_each_kind()
    {
        var leases = Enumerable.Range(1, 3).Select(
            i => MitigationSamples.Lease($"flowspec 198.51.100.{i}/32 tcp 443 discard", (ulong)i, endsMs: 100_000_000))
            .ToList();

        Assert.Contains(
            "3 blocks of this kind are in force",
            Guardrails.Caps(Endpoint, leases, MitigationSamples.Options with { MaxActive = 3 }, Now)!.Why);
        Assert.Contains("within the hour", Guardrails.Caps(
            Endpoint, leases, MitigationSamples.Options with { MaxPerHour = 3 }, Now - TimeSpan.FromSeconds(1))!.Why);
        Assert.Null(Guardrails.Caps(Endpoint, leases, MitigationSamples.Options with { MaxPerHour = 3 }, Now));
        Assert.Null(Guardrails.Caps(
            MitigationTarget.Parse("blackhole 198.51.100.7/32"), leases,
            MitigationSamples.Options with { MaxActive = 3 }, Now));
    }

    [Fact]
    public void Names_come_from_feeds_and_gardens_exist()
    {
        var feeds = new FakeMitigationRecords();
        Assert.Equal(
            MitigationRefusal.NotListed, Guardrails.Listed(MitigationTarget.Name("made-up.test"), feeds)!.Code);
        Assert.Null(Guardrails.Listed(MitigationTarget.Name("bad.example"), feeds));
        Assert.Null(Guardrails.Listed(MitigationTarget.Name("made-up.test", MitigationAction.Pass), feeds));
        Assert.Equal(MitigationRefusal.NoGarden, Guardrails.Garden(
            MitigationTarget.Name("bad.example", MitigationAction.Garden), new MitigationOptions())!.Code);
    }

    [Fact]
    public void Everything_that_speaks_against_a_block_is_told_at_once()
    {
        var refusals = Guardrails.Check(
            MitigationTarget.Parse("blackhole 100.64.0.0/16"), new("", "", "", new(4_711, 1_000, Now)), [],
            new FakeMitigationRecords(), MitigationSamples.Options, Now);

        Assert.Equal([
            MitigationRefusal.NotJustified, MitigationRefusal.NeverBlock, MitigationRefusal.TooWide,
            MitigationRefusal.Collateral], refusals.Select(r => r.Code));
        Assert.Equal(
            MitigationRefusal.Known, Guardrails.Twice(Endpoint, [MitigationSamples.Lease(Endpoint.ToString())])!.Code);
        Assert.Null(
            Guardrails.Twice(Endpoint, [MitigationSamples.Lease(Endpoint.ToString(), state: LeaseState.Expired)]));
    }
}
