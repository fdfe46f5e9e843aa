// SPDX-License-Identifier: Apache-2.0
//
// Counts about subscribers as they may be told (rules.md R11): below k distinct subjects only "<k", rounded from k up;
// nought is nought, since what never happened is about nobody; and where just one cell of a table is hidden, the next
// smallest is hidden with it, so that no sum gives it away.
using Weir.Contracts.Reports;
using Weir.Desk.Policy;
using Weir.Desk.Reporting.Html;

namespace Weir.Desk.Reporting.Transparency;

/// <summary>A count of happenings and the subjects behind it.</summary>
internal sealed class SubjectCount
{
    private readonly HashSet<string> _subjects = [];

    public long Happenings { get; private set; }

    public int Subjects => _subjects.Count;

    public void Add(string subject)
    {
        Happenings++;
        _subjects.Add(subject);
    }
}

/// <summary>How counts are told under a policy; the lab's are exact.</summary>
internal sealed class SubjectCounts(PolicyProfile policy)
{
    private const string HiddenBeside = "not shown";

    private readonly ReportKAnonymity _anonymity = new(
        Math.Max(5, policy.K), Math.Max(policy.BaseMinimum, Math.Max(5, policy.K)));

    /// <summary>How often something happened.</summary>
    public PublishedValue Happenings(SubjectCount count) => policy.ShowsSubjects || count.Happenings == 0
        ? count.Happenings : IsHidden(count) ? _anonymity.TooFew : _anonymity.Count(count.Happenings);

    /// <summary>To how many.</summary>
    public PublishedValue Subjects(SubjectCount count) =>
        policy.ShowsSubjects || count.Happenings == 0 ? count.Subjects : _anonymity.Count(count.Subjects);

    /// <summary>A table of happenings, by name.</summary>
    public IReadOnlyList<NamedCount> Table(IReadOnlyDictionary<string, SubjectCount> cells)
    {
        var ordered = cells.OrderBy(c => c.Key, StringComparer.Ordinal).ToList();
        var beside = !policy.ShowsSubjects && ordered.Count(c => IsHidden(c.Value)) == 1
            ? ordered.Where(c => !IsHidden(c.Value)).OrderBy(c => c.Value.Happenings).Select(c => c.Key)
                .FirstOrDefault()
            : null;
        return [.. ordered.Select(
            c => new NamedCount(c.Key, c.Key == beside ? PublishedValue.FromText(HiddenBeside) : Happenings(c.Value)))];
    }

    private bool IsHidden(SubjectCount count) => count.Subjects < policy.K;
}
