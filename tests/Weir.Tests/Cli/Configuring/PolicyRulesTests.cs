// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Desk.Policy;
using Weir.Hosting.Configuration;

namespace Weir.Tests.Cli.Configuring;

public sealed class PolicyRulesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private static ConfigurationReading<WeirConfiguration> Read(string text) =>
        ConfigurationReader.Read<WeirConfiguration>("attributing: {networks: [{prefix: 192.0.2.0/24}]}\n" + text, _ => null);

    [Theory]
    [InlineData("store: {retention-days: 8}",
        "store.retention-days is 8; it must be between 1 and 7: the ceiling of rule R10 is 7 days")]
    [InlineData("comparing: {k: 5}", "comparing.k is 5; it must be at least 10")]
    [InlineData("auditing: {keep: 364d}",
        "auditing.keep is 364d; it must be between 365d and 36500d: rule R10 wants a year at least")]
    [InlineData("auditing: {head-period: 11m}", "rule R12")]
    [InlineData("evidence: {ring: 7m}", "evidence.ring is 7m; it must be at most 6m: policy us-provider says so (R10)")]
    [InlineData("evidence: {ring: 2h}", "evidence.ring is 2h; it must be between 5m and 1h")]
    [InlineData("vault: {identity: {retention-days: 8}}",
        "vault.identity.retention-days is 8; it must be between 1 and 7: the ceiling of rule R10 is 7 days")]
    [InlineData("policy: {signer: /x}", "policy.signer has no use without policy.file")]
    [InlineData("policy: {file: /no/such/file}", "policy.file is refused: /no/such/file: cannot be read")]
    public void A_setting_above_its_ceiling_stops_the_start(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Read(text).Faults).Sentence);

    [Fact]
    public void In_the_lab_k_does_not_apply() => Assert.True(Read("profile: lab\ncomparing: {k: 5}").IsSound);

    [Fact]
    public void A_stricter_file_binds_the_settings()
    {
        File.WriteAllText(_file, PolicyReader.BuiltInText("eu-provider")
            .Replace("pair-digest-days: 7", "pair-digest-days: 3", StringComparison.Ordinal));

        Assert.Equal(
            ["store.retention-days is 7; it must be between 1 and 3: policy eu-provider says so (R10)"],
            Read($"profile: eu-provider\npolicy: {{file: {_file}}}").Faults.Select(f => f.Sentence));
        var sound = Read($"profile: eu-provider\npolicy: {{file: {_file}}}\nstore: {{retention-days: 3}}");
        Assert.Equal(3, PolicyRules.Of(sound.Value).PairDigestDays);
        Assert.Contains(
            "profile is us-provider; make them agree",
            Assert.Single(Read($"policy: {{file: {_file}}}").Faults).Sentence);
    }

    [Theory]
    [InlineData("identity-days: 7", "identity-days: 2",
        "vault.identity.retention-days is 7; it must be between 1 and 2: policy us-provider says so (R10)")]
    [InlineData("ring-minutes: 6", "ring-minutes: 5", "evidence.ring is 6m; it must be at most 5m")]
    [InlineData("ring-minutes: 6", "ring-minutes: 61",
        "ring-minutes is 61; it must be between 0 and 60, and no signature takes it beyond 0 and 60 (R10)")]
    [InlineData("evidence-days-after-close: 30", "evidence-days-after-close: 91",
        "evidence-days-after-close is 91; without a signature it must be between 0 and 90 (R10)")]
    [InlineData("scope-cap-hours: 72", "scope-cap-hours: 73",
        "scope-cap-hours is 73; without a signature it must be between 1 and 72 (R5)")]
    [InlineData("max-open-scopes: 5", "max-open-scopes: 6",
        "max-open-scopes is 6; without a signature it must be between 1 and 5 (R4)")]
    [InlineData("counter-hours: 24", "counter-hours: 25",
        "counter-hours is 25; without a signature it must be between 1 and 24 (R10)")]
    public void A_number_of_the_policy_binds_and_none_is_above_its_ceiling(string rule, string changed, string sentence)
    {
        var text = PolicyReader.BuiltInText("us-provider");
        Assert.Contains(rule, text, StringComparison.Ordinal);
        File.WriteAllText(_file, text.Replace(rule, changed, StringComparison.Ordinal));

        Assert.Contains(Read($"policy: {{file: {_file}}}").Faults, fault =>
            fault.Sentence.Contains(sentence, StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_that_loosens_a_rule_is_refused_with_each_fault()
    {
        File.WriteAllText(_file, PolicyReader.BuiltInText("us-provider")
            .Replace("k: 10\n", "k: 7\n", StringComparison.Ordinal)
            .Replace("block-days: 14", "block-days: 60", StringComparison.Ordinal));

        var faults = Read($"policy: {{file: {_file}}}").Faults.Select(f => f.Sentence).ToList();

        Assert.Equal(3, faults.Count);
        Assert.Contains("k is 7", faults[0]);
        Assert.Contains("block-days is 60", faults[1]);
        Assert.Contains("policy.signer", faults[2]);
    }
}
