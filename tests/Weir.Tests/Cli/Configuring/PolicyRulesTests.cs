// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Configuring;
using Weir.Deciding;

namespace Weir.Tests.Cli.Configuring;

public sealed class PolicyRulesTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    private static ConfigurationReading Read(string text) =>
        ConfigurationReader.Read("attributing: {networks: [{prefix: 192.0.2.0/24}]}\n" + text, _ => null);

    [Theory]
    [InlineData("store: {retention-days: 8}", "store.retention-days is 8; it must be between 1 and 7: the ceiling of rule R10 is 7 days")]
    [InlineData("comparing: {k: 5}", "comparing.k is 5; it must be at least 10")]
    [InlineData("auditing: {keep: 364d}", "auditing.keep is 364d; it must be between 365d and 36500d: rule R10 wants a year at least")]
    [InlineData("auditing: {head-period: 11m}", "rule R12")]
    [InlineData("policy: {signer: /x}", "policy.signer has no use without policy.file")]
    [InlineData("policy: {file: /no/such/file}", "policy.file is refused: /no/such/file: cannot be read")]
    public void A_setting_above_its_ceiling_stops_the_start(string text, string sentence) =>
        Assert.Contains(sentence, Assert.Single(Read(text).Faults).Sentence);

    [Fact]
    public void In_the_lab_k_does_not_apply() => Assert.True(Read("profile: lab\ncomparing: {k: 5}").IsSound);

    [Fact]
    public void A_stricter_file_binds_the_settings()
    {
        File.WriteAllText(_file, PolicyReader.BuiltInText("eu-provider").Replace("pair-digest-days: 7", "pair-digest-days: 3", StringComparison.Ordinal));

        Assert.Equal(["store.retention-days is 7; it must be between 1 and 3: policy eu-provider says so (R10)"], Read($"profile: eu-provider\npolicy: {{file: {_file}}}").Faults.Select(f => f.Sentence));
        var sound = Read($"profile: eu-provider\npolicy: {{file: {_file}}}\nstore: {{retention-days: 3}}");
        Assert.Equal(3, PolicyRules.Of(sound.Value).PairDigestDays);
        Assert.Contains("profile is us-provider; make them agree", Assert.Single(Read($"policy: {{file: {_file}}}").Faults).Sentence);
    }

    [Fact]
    public void A_file_that_loosens_a_rule_is_refused_with_each_fault()
    {
        File.WriteAllText(_file, PolicyReader.BuiltInText("us-provider").Replace("k: 10\n", "k: 7\n", StringComparison.Ordinal).Replace("block-days: 14", "block-days: 60", StringComparison.Ordinal));

        var faults = Read($"policy: {{file: {_file}}}").Faults.Select(f => f.Sentence).ToList();

        Assert.Equal(3, faults.Count);
        Assert.Contains("k is 7", faults[0]);
        Assert.Contains("block-days is 60", faults[1]);
        Assert.Contains("policy.signer", faults[2]);
    }
}
