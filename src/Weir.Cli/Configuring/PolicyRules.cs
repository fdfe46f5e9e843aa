// SPDX-License-Identifier: Apache-2.0
//
// The policy in force, and the settings that must keep to it: a value above a ceiling of rule R10 stops the start.
using Weir.Desk.Policy;
using Weir.Hosting.Configuration;

namespace Weir.Cli.Configuring;

internal static class PolicyRules
{
    /// <summary>The policy of a configuration: its file, or its profile's own.</summary>
    /// <exception cref="PolicyException">The file cannot be in force; every fault is listed.</exception>
    public static PolicyProfile Of(WeirConfiguration settings) => settings.Policy.Read(settings.Profile);

    public static IEnumerable<(string Path, string Sentence)> Check(WeirConfiguration settings)
    {
        PolicyProfile policy;
        try
        {
            policy = Of(settings);
        }
        catch (PolicyException refused)
        {
            return refused.Faults.Select(fault => ("policy.file", $"is refused: {fault}"));
        }

        return Against(policy, settings);
    }

    private static IEnumerable<(string, string)> Against(PolicyProfile policy, WeirConfiguration settings)
    {
        if (settings.Store.RetentionDays > policy.PairDigestDays)
        {
            yield return ("store.retention-days", $"is {settings.Store.RetentionDays}; it must be between 1 and "
                + $"{policy.PairDigestDays}: {Ceiling(policy.PairDigestDays, 7, policy)}");
        }

        if (settings.Evidence.Span > TimeSpan.FromMinutes(policy.RingMinutes))
        {
            yield return ("evidence.ring", $"is {Durations.Text(settings.Evidence.Span)}; it must be at most "
                + $"{policy.RingMinutes}m: policy {policy.Name} says so (R10), and a policy file may say up to 60");
        }

        if (settings.Vault.Identity.RetentionDays > policy.IdentityDays)
        {
            yield return ("vault.identity.retention-days", $"is {settings.Vault.Identity.RetentionDays}; it must be "
                + $"between 1 and {policy.IdentityDays}: {Ceiling(policy.IdentityDays, 7, policy)}");
        }

        if (settings.Comparing.Window > TimeSpan.FromDays(policy.PairDigestDays))
        {
            yield return ("comparing.window", $"is {Durations.Text(settings.Comparing.Window)}; it must be at most "
                + $"{policy.PairDigestDays}d: the policy keeps pair digests no longer (R10)");
        }

        if (!policy.ShowsSubjects && settings.Comparing.K < policy.K)
        {
            yield return ("comparing.k", $"is {settings.Comparing.K}; it must be at least {policy.K}: policy "
                + $"{policy.Name} says so (R11), and fewer than 10 need a signed policy file");
        }

        if (settings.Blocking.Lease > TimeSpan.FromDays(policy.BlockDays))
        {
            yield return ("blocking.lease", $"is {Durations.Text(settings.Blocking.Lease)}; it must be at most "
                + $"{policy.BlockDays}d: policy {policy.Name} says so (R15)");
        }

        if (settings.Auditing.Retention < TimeSpan.FromDays(policy.AuditDays))
        {
            yield return ("auditing.keep", $"is {Durations.Text(settings.Auditing.Retention)}; it must be at least "
                + $"{policy.AuditDays}d: policy {policy.Name} says so (R10)");
        }
    }

    private static string Ceiling(int allowed, int rule, PolicyProfile policy) =>
        allowed == rule
            ? $"the ceiling of rule R10 is {rule} days, and more needs a signed policy file"
            : $"policy {policy.Name} says so (R10)";
}
