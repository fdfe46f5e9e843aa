// SPDX-License-Identifier: Apache-2.0
using System.Reflection;
using Weir.Cli.SelfTesting.Rules;
using Weir.Contracts.Events;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;
using Weir.Wire;

namespace Weir.Tests.Detecting;

/// <summary>The catalogue of rules: what a new row has to say before anything else works with it.</summary>
public sealed class DetectionRuleTests
{
    public static TheoryData<string> Rules => [.. RuleId.All];

    [Fact]
    public void Every_name_of_a_rule_has_one_row_and_every_row_a_name()
    {
        var names = typeof(RuleId).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!);

        Assert.Equal(names.Order(), DetectionRules.All.Select(rule => rule.Id).Order());
        Assert.Equal(RuleId.All.Distinct(), RuleId.All);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void A_row_lacks_nothing(string id)
    {
        var rule = DetectionRules.Get(id);

        Assert.Matches("^[a-z]+(-[a-z]+)*$", rule.Id);
        Assert.True(Enum.IsDefined(rule.Purpose));
        Assert.False(
            rule.Purpose is Purpose.ComplaintHandling or Purpose.RemediationCheck or Purpose.LawfulHold
                or Purpose.CustomerDiagnosis,
            $"{id}: {rule.Purpose} is opened by people, not by a rule (rules.md R2)");
        Assert.True(rule.Actions.HasFlag(ScopeActions.Read | ScopeActions.Count), $"{id}: nobody could look");
        Assert.NotEmpty(rule.Units);
        Assert.All(rule.Units, unit => Assert.Matches("^[a-z]+(/[0-9]*[a-z]+)?$", unit));
        Assert.True(Enum.IsDefined(rule.Trait));
        Assert.Equal($"finding.{id}", rule.Words);
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void Every_profile_lets_its_purpose_be_looked_at(string id)
    {
        var purpose = DetectionRules.Get(id).Purpose;

        Assert.All(
            [PolicyProfile.EuProvider, PolicyProfile.UsProvider, PolicyProfile.Lab],
            profile => Assert.Contains(purpose, profile.Purposes));
    }

    [Theory]
    [MemberData(nameof(Rules))]
    public void An_event_says_its_measure_in_a_unit_of_its_rule_or_is_no_event(string id)
    {
        var keys = new InProcessKeys();
        foreach (var unit in DetectionRules.All.SelectMany(rule => rule.Units).Append("").Append("parsecs").Distinct())
        {
            var isKnown = EventDocument.TryRead(EventDocument.Sign(Event(id, unit), keys.Collector), out var read);

            Assert.Equal(DetectionRules.Get(id).Units.Contains(unit), isKnown);
            Assert.Equal(isKnown ? unit : null, read?.Unit);
        }
    }

    [Fact]
    public void Who_is_attacked_is_told_and_not_closed()
    {
        Assert.False(DetectionRules.Get(RuleId.FloodIn).Actions.HasFlag(ScopeActions.Block));
        Assert.All(
            DetectionRules.All.Where(rule => rule.Id != RuleId.FloodIn),
            rule => Assert.True(rule.Actions.HasFlag(ScopeActions.Block), rule.Id));
    }

    [Theory]
    [InlineData("scan/1", "scan")]
    [InlineData("syn-flood-out/12", "syn-flood-out")]
    [InlineData("complaint/xarf", "complaint")]
    [InlineData("complaint", "complaint")]
    public void A_trigger_names_its_rule(string trigger, string rule) => Assert.Equal(rule, DetectionRules.IdOf(trigger));

    [Theory]
    [InlineData("")]
    [InlineData("Scan")]
    [InlineData("scan/1")]
    public void What_is_no_rule_is_refused_by_name(string id)
    {
        Assert.Null(DetectionRules.Find(id));
        Assert.Contains("DetectionRules", Assert.Throws<ArgumentOutOfRangeException>(
            () => DetectionRules.Get(id)).Message, StringComparison.Ordinal);
    }

    private static QualityEvent Event(string rule, string unit) => new()
    {
        Number = 7,
        Phase = EventPhase.Opened,
        Subject = new SubjectKey(9),
        Rule = rule,
        RuleVersion = 1,
        Class = TrafficClass.Create(Direction.Out, 17, [80], [IpKey.FromV4(0xC633_6401)]),
        FromMs = 1_000,
        UntilMs = 2_000,
        TriggeredMs = 2_000,
        Measured = 2,
        Threshold = 1,
        Unit = unit,
        WindowSeconds = 60,
        SamplingInterval = 1,
        Exporter = IpKey.FromV4(1),
    };
}
