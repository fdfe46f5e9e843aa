// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Collections.Immutable;
using Weir.Contracts.Notices;
using Weir.Contracts.Scopes;
using Weir.Desk.Records;

namespace Weir.Desk.Notices;

/// <summary>Where a notice stands among others: the newest first, within a moment by case and step.</summary>
/// <param name="PlannedTicks">Ticks of when it was planned, UTC.</param>
/// <param name="Case">Whose.</param>
/// <param name="Step">Which step.</param>
internal readonly record struct NoticeOrderKey(long PlannedTicks, CaseId Case, NoticeStep Step) : IComparable<NoticeOrderKey>
{
    public static NoticeOrderKey Of(NoticeRow row) => new(KeptTime.TicksOf(row.PlannedAt), row.Case, row.Step);

    public int CompareTo(NoticeOrderKey other) => PlannedTicks != other.PlannedTicks
        ? other.PlannedTicks.CompareTo(PlannedTicks)
        : Case.Number != other.Case.Number ? Case.Number.CompareTo(other.Case.Number)
        : Step.CompareTo(other.Step);
}

/// <summary>Notices as they stand, by what rounds and lists ask for. Safe for any thread; one writer.</summary>
internal sealed class NoticeBook
{
    private static readonly NoticeState[] States = Enum.GetValues<NoticeState>();
    private static readonly NoticeStep[] Steps = Enum.GetValues<NoticeStep>();

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<(CaseId Case, NoticeStep Step), NoticeRow> _rows = [];
    private readonly ConcurrentDictionary<CaseId, NoticeRow> _latest = [];
    private readonly ImmutableSortedSet<NoticeOrderKey>.Builder _all = ImmutableSortedSet.CreateBuilder<NoticeOrderKey>();
    private readonly Dictionary<NoticeState, ImmutableSortedSet<NoticeOrderKey>.Builder> _byState =
        States.ToDictionary(state => state, _ => ImmutableSortedSet.CreateBuilder<NoticeOrderKey>());
    private long _changes;

    /// <summary>Another number after each change.</summary>
    public long Changes => Interlocked.Read(ref _changes);

    public void Put(NoticeRow row)
    {
        lock (_gate)
        {
            if (_rows.TryGetValue((row.Case, row.Step), out var before))
            {
                var place = NoticeOrderKey.Of(before);
                _ = _all.Remove(place);
                _ = _byState[before.State].Remove(place);
            }

            _ = _all.Add(NoticeOrderKey.Of(row));
            _ = _byState[row.State].Add(NoticeOrderKey.Of(row));
            _rows[(row.Case, row.Step)] = row;
            _latest[row.Case] = ForCase(row.Case).MaxBy(one => one.PlannedAt)!;
            _changes++;
        }
    }

    public NoticeRow? Find(CaseId id, NoticeStep step) => _rows.GetValueOrDefault((id, step));

    /// <summary>The notice of a case that was planned last; null where there is none.</summary>
    public NoticeRow? Latest(CaseId id) => _latest.GetValueOrDefault(id);

    /// <summary>The notices of a case, in the order they were planned.</summary>
    public IReadOnlyList<NoticeRow> ForCase(CaseId id) =>
        [.. Steps.Select(step => Find(id, step)).OfType<NoticeRow>().OrderBy(row => row.PlannedAt)];

    public int Count(NoticeState state)
    {
        lock (_gate)
        {
            return _byState[state].Count;
        }
    }

    /// <summary>Notices, the newest first, as they stand when they are reached.</summary>
    /// <param name="state">In this state alone; null for all.</param>
    /// <param name="behind">Behind this place; null from the begin.</param>
    public IEnumerable<NoticeRow> Walk(NoticeState? state = null, NoticeOrderKey? behind = null)
    {
        ImmutableSortedSet<NoticeOrderKey> places;
        lock (_gate)
        {
            places = (state is { } one ? _byState[one] : _all).ToImmutable();
        }

        var from = behind is not { } last ? 0 : places.IndexOf(last) is >= 0 and var at ? at + 1 : ~places.IndexOf(last);
        return Enumerable.Range(from, places.Count - from).Select(i => Find(places[i].Case, places[i].Step))
            .OfType<NoticeRow>().Where(row => state is null || row.State == state);
    }
}
