// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Scopes;
using Weir.Desk.Policy;

namespace Weir.Tests.Deciding;

public sealed class PolicyReaderTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-policy-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_default_is_what_the_rules_say()
    {
        var policy = PolicyProfile.UsProvider;

        Assert.Equal((10, 5, 500, 5), (policy.K, policy.KFloor, policy.BaseMinimum, policy.Rounding));
        Assert.Equal((6, 7, 7, 24, 30, 365), (
            policy.RingMinutes, policy.PairDigestDays, policy.IdentityDays, policy.CounterHours,
            policy.EvidenceDaysAfterClose, policy.AuditDays));
        Assert.Equal((5, 15, 72, 14, 2, 5), (
            policy.ScopeBeforeMinutes, policy.ScopeAfterMinutes, policy.ScopeCapHours, policy.RemediationDays,
            policy.DiagnosisHours, policy.MaxOpenScopes));
        Assert.Equal((15, 14, 3), (policy.DisclosureMinutes, policy.BlockDays, policy.RefusalsToNotify));
        Assert.Equal(Weir.Contracts.Scopes.Purposes.All.Count(), policy.Purposes.Length);
        Assert.False(policy.ShowsSubjects);
        Assert.Equal(AutomaticActions.Notify | AutomaticActions.BlockDedicated, policy.Automatic);
    }

    [Fact]
    public void Europe_blocks_nothing_without_a_person_and_only_the_lab_shows_subjects()
    {
        Assert.Equal(AutomaticActions.Notify, PolicyProfile.EuProvider.Automatic);
        Assert.True(PolicyProfile.Lab.ShowsSubjects);
        Assert.Equal(
            ["us-provider", "eu-provider", "lab"],
            new[] { PolicyProfile.UsProvider, PolicyProfile.EuProvider, PolicyProfile.Lab }.Select(p => p.Profile));
    }

    [Theory]
    [InlineData("k", "9", "between 10 and 1000 (R11)")]
    [InlineData("base-minimum", "499", "between 500 and")]
    [InlineData("rounding", "1", "between 5 and")]
    [InlineData("pair-digest-days", "8", "between 1 and 7 (R10)")]
    [InlineData("identity-days", "8", "between 1 and 7 (R10)")]
    [InlineData("counter-hours", "25", "between 1 and 24 (R10)")]
    [InlineData("evidence-days-after-close", "91", "between 0 and 90 (R10)")]
    [InlineData("scope-cap-hours", "73", "between 1 and 72 (R5)")]
    [InlineData("max-open-scopes", "6", "between 1 and 5 (R4)")]
    [InlineData("disclosure-minutes", "16", "between 1 and 15 (R9)")]
    [InlineData("block-days", "15", "between 1 and 14 (R15)")]
    [InlineData("refusals-to-notify", "4", "between 1 and 3")]
    public void What_loosens_a_rule_needs_a_signature(string key, string value, string sentence)
    {
        var text = With(key, value);

        Assert.Contains($"{key} is {value}; without a signature it must be {sentence}", Refusal(text).Message);
        Assert.NotNull(PolicyReader.Read(text, "p.yaml", isSigned: true));
    }

    [Theory]
    [InlineData("k", "4", "no signature takes it beyond 5")]
    [InlineData("k-floor", "4", "no signature takes it beyond 5")]
    [InlineData("k-floor", "11", "below k-floor")]
    [InlineData("ring-minutes", "61", "no signature takes it beyond 0 and 60")]
    [InlineData("audit-days", "364", "no signature takes it beyond 365")]
    [InlineData("subjects", "clear", "lab profile alone")]
    public void What_no_signature_allows(string key, string value, string sentence) =>
        Assert.Contains(sentence, Assert.Throws<PolicyException>(
            () => PolicyReader.Read(With(key, value), "p.yaml", isSigned: true)).Message);

    [Theory]
    [InlineData("k", "ten", "k is 'ten'; write a whole number")]
    [InlineData("k", "[10]", "k must be a single value")]
    [InlineData("automatic", "notify", "automatic must be a list")]
    [InlineData("automatic", "[punish]", "automatic knows only notify, block-dedicated")]
    [InlineData("profile", "uk", "profile is 'uk'")]
    [InlineData("name", "Ours!", "small letters")]
    [InlineData("k: 10\nkk", "5", "kk is no key of a policy")]
    [InlineData("k: 10\nk", "10", "stands twice")]
    public void What_is_written_wrong_is_named_with_its_place(string key, string value, string sentence) =>
        Assert.Contains(sentence, Refusal(With(key, value)).Message);

    [Fact]
    public void Every_fault_is_listed_at_once()
    {
        var text = With("k", "x").Replace("rounding: 5\n", "", StringComparison.Ordinal)
            .Replace("block-days: 14", "block-days: soon", StringComparison.Ordinal);

        Assert.Equal(3, Refusal(text).Faults.Count);
    }

    [Fact]
    public void Any_text_ends_in_a_policy_or_in_faults()
    {
        var text = PolicyReader.BuiltInText("us-provider");
        var damage =
            from at in Gen.Choose(0, text.Length - 1)
            from length in Gen.Choose(0, 9)
            from token in Gen.Elements(
                "", "\n", ": ", "[", "]", "{", "}", "&a ", "*a", "!!int ", "---\n", "? ", "\t", "\0", "99999999999",
                "-1", "- ")
            select string.Concat(text.AsSpan(0, at), token, text.AsSpan(Math.Min(text.Length, at + length)));
        Prop.ForAll(damage.ToArbitrary(), damaged =>
        {
            try
            {
                var policy = PolicyReader.Read(damaged, "p.yaml", isSigned: false);
                return policy.K >= 10 && policy.PairDigestDays <= 7 && policy.RingMinutes <= 60;
            }
            catch (PolicyException refused)
            {
                return refused.Faults.Count > 0;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000));
    }

    [Fact]
    public void A_signature_by_the_named_key_over_these_very_octets_counts()
    {
        var (file, key, signer) =
            (Path.Combine(_folder, "p.yaml"), Path.Combine(_folder, "k.pem"), Path.Combine(_folder, "pub.pem"));
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(key, own.ExportECPrivateKeyPem());
        File.WriteAllText(signer, own.ExportSubjectPublicKeyInfoPem());
        File.WriteAllText(file, With("pair-digest-days", "30"));

        Assert.Contains(
            "no policy.signer", Assert.Throws<PolicyException>(() => PolicyReader.ReadFile(file, null)).Message);
        Assert.Contains(
            "signature cannot be checked",
            Assert.Throws<PolicyException>(() => PolicyReader.ReadFile(file, signer)).Message);

        PolicySignature.Sign(file, key);
        Assert.Equal(30, PolicyReader.ReadFile(file, signer).PairDigestDays);

        File.AppendAllText(file, "# later\n");
        var refusal = Assert.Throws<PolicyException>(() => PolicyReader.ReadFile(file, signer));
        Assert.Contains("is not a signature of", refusal.Message);
        Assert.Contains("pair-digest-days is 30", refusal.Message);

        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        PolicySignature.Sign(file, key);
        File.WriteAllText(signer, other.ExportSubjectPublicKeyInfoPem());
        Assert.Throws<PolicyException>(() => PolicyReader.ReadFile(file, signer));
    }

    [Fact]
    public void A_strict_file_needs_no_signature()
    {
        var file = Path.Combine(_folder, "p.yaml");
        File.WriteAllText(file, With("k", "25"));

        Assert.Equal(25, PolicyReader.ReadFile(file, null).K);
    }

    private static PolicyException Refusal(string text) =>
        Assert.Throws<PolicyException>(() => PolicyReader.Read(text, "p.yaml", isSigned: false));

    private static string With(string key, string value)
    {
        var name = key.Split('\n')[0].Split(':')[0];
        return Regex.Replace(PolicyReader.BuiltInText("us-provider"), $"(?m)^{name}: .*$", $"{key}: {value}");
    }
}
