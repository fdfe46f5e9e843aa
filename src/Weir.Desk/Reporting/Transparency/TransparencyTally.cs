// SPDX-License-Identifier: Apache-2.0
//
// Counts the audit's entries of one window into a transparency report.
using System.Globalization;
using Weir.Contracts.Events;
using Weir.Contracts.Reports;
using Weir.Desk.Policy;
using Weir.Hosting.Auditing;
using Weir.Hosting.Auditing.Reading;

namespace Weir.Desk.Reporting.Transparency;

internal sealed class TransparencyTally(PolicyProfile policy)
{
    private readonly Dictionary<string, SubjectCount> _triggers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, SubjectCount> _about = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _granted = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _refused = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _refusals = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _versions = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _policies = new(StringComparer.Ordinal);
    private readonly SubjectCount _scoped = new();
    private readonly SubjectCount _clean = new();
    private readonly SubjectCount _notKnown = new();
    private readonly List<double> _lives = [];
    private long _collateral;
    private long _permuted;
    private long _entries;
    private long _first;
    private long _last;

    /// <summary>A report over everything an audit log holds of a window.</summary>
    /// <exception cref="AuditException">The log holds a line that is no entry.</exception>
    public static TransparencyReport CreateReport(
        string auditDirectory, PolicyProfile policy, ReportWindow window, DateTimeOffset madeAt)
    {
        var tally = new TransparencyTally(policy);
        foreach (var record in AuditReader.Entries(auditDirectory, window.From, window.Until))
        {
            tally.Add(record);
        }

        var head = AuditReader.Heads(auditDirectory).LastOrDefault(h => h.At < window.Until);
        return tally.Report(window, madeAt, head, AuditVerifier.Verify(auditDirectory));
    }

    public void Add(AuditRecord record)
    {
        var entry = record.Entry;
        (_first, _last) = (_first == 0 ? record.Sequence : _first, record.Sequence);
        _entries++;
        if (entry.Outcome != AuditActions.Allow)
        {
            // Repeated refusals stand in one entry with how many it is for.
            var times = Math.Max(1, entry.Rows);
            Count(_refused, entry.Act, times);
            Count(_refusals, entry.Outcome, times);
            return;
        }

        // Leave and the act it was for are two entries: an act is counted once.
        if (entry.Result is AuditActions.Granted or AuditActions.Again)
        {
            return;
        }

        Count(_granted, entry.Act, 1);

        // A case file is one subject's, through all epochs; a pseudonym is one for seven days.
        var subject = entry.Case.Length > 0 ? entry.Case : entry.Subject;
        GetOrAdd(_about, entry.Act).Add(subject);
        Read(entry, subject);
    }

    private void Read(AuditEntry entry, string subject)
    {
        switch (entry.Act)
        {
            case AuditActions.OpenScope or AuditActions.SealScope:
                GetOrAdd(_triggers, DetectionRules.IdOf(entry.Rule)).Add(subject);
                _versions.Add(entry.Rule);
                _scoped.Add(subject);
                break;
            case AuditActions.EndRemediation when entry.Result == AuditActions.Clean:
                _clean.Add(subject);
                break;
            case AuditActions.EndRemediation when entry.Result == AuditActions.NotKnown:
                _notKnown.Add(subject);
                break;
            case AuditActions.Compare:
                _permuted += entry.Permuted ?? 0;
                break;
            case AuditActions.Block:
                _collateral += entry.Collateral ?? 0;
                break;
            case AuditActions.Unblock or AuditActions.OverturnBlock when entry.LifetimeSeconds is { } life:
                _lives.Add(life);
                break;
            case AuditActions.PolicyInForce when entry.ResultDigest.Length > 0:
                _policies.Add(entry.ResultDigest);
                break;
        }
    }

    private TransparencyReport Report(
        ReportWindow window, DateTimeOffset madeAt, TreeHead? head, AuditVerificationResult verdict)
    {
        var told = new SubjectCounts(policy);
        PublishedValue About(string act) => told.Happenings(GetOrAdd(_about, act));
        return new()
        {
            Profile = policy.Profile,
            Window = window,
            MadeAt = madeAt,
            Triggers = told.Table(_triggers),
            ConsentsWithdrawn = About(AuditActions.WithdrawConsent),
            RuleVersions = [.. _versions],
            Scopes = new(
                About(AuditActions.OpenScope), About(AuditActions.RenewScope), About(AuditActions.ExpireScope),
                About(AuditActions.SealScope), About(AuditActions.CloseCase)),
            SubjectsScoped = told.Subjects(_scoped),
            Evidence = new(
                Granted(AuditActions.ReadEvidence), Granted(AuditActions.CountEvidence),
                _refused.GetValueOrDefault(AuditActions.ReadEvidence)
                    + _refused.GetValueOrDefault(AuditActions.CountEvidence),
                Granted(AuditActions.EraseEvidence)),
            Unmaskings = new(
                Granted(AuditActions.AskDisclosure), Granted(AuditActions.Disclose),
                _refused.GetValueOrDefault(AuditActions.AskDisclosure)
                    + _refused.GetValueOrDefault(AuditActions.Disclose)),
            Refusals = [.. _refusals.Select(r => new NamedCount(r.Key, r.Value))],
            Blocks = new(
                Granted(AuditActions.Block), Granted(AuditActions.BlockInForce), Median(), _collateral,
                Granted(AuditActions.OverturnBlock)),
            Notifications = About(AuditActions.Notified),
            Remediation = new(About(AuditActions.EndRemediation), told.Happenings(_clean), told.Happenings(_notKnown)),
            Comparisons = new(Granted(AuditActions.Compare), _permuted),
            Retention = Kept(),
            Policies = _policies.Count > 0 ? [.. _policies] : [policy.Digest],
            Audit = new(
                _entries, _first, _last, verdict.Heads, head?.Number ?? 0, head?.Size ?? 0, head?.Root ?? "",
                verdict.IsSound, verdict.Faults is [var fault, ..] ? fault.ToString() : "",
                Granted(AuditActions.ClockStepped), Granted(AuditActions.KeyErased), Granted(AuditActions.TornLineCut)),
        };
    }

    private IReadOnlyList<NamedText> Kept() =>
    [
        new("ring buffer of flows", Minutes(policy.RingMinutes)),
        new("pair digests", Days(policy.PairDigestDays)),
        new("addresses to subjects", Days(policy.IdentityDays)),
        new("mechanical counters", string.Create(CultureInfo.InvariantCulture, $"{policy.CounterHours} h")),
        new("evidence of scopes", $"close + {Days(policy.EvidenceDaysAfterClose)}"),
        new("audit", $"at least {Days(policy.AuditDays)}"),
    ];

    private long Granted(string act) => _granted.GetValueOrDefault(act);

    private double? Median()
    {
        _lives.Sort();
        return _lives.Count == 0 ? null : (_lives[(_lives.Count - 1) / 2] + _lives[_lives.Count / 2]) / 2;
    }

    private static string Days(int days) => string.Create(CultureInfo.InvariantCulture, $"{days} d");

    private static string Minutes(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes} min");

    private static SubjectCount GetOrAdd(Dictionary<string, SubjectCount> counts, string name)
    {
        if (!counts.TryGetValue(name, out var count))
        {
            counts[name] = count = new();
        }

        return count;
    }

    private static void Count(IDictionary<string, long> counts, string name, long times) =>
        counts[name] = counts.TryGetValue(name, out var count) ? count + times : times;
}
