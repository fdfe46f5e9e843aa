// SPDX-License-Identifier: Apache-2.0
//
// The onset veto: each case is its own control (after Maclure's case-crossover design, 1991). What a case contacted
// before it was infected belongs to its habits or its devices, not to the infection. The veto only removes
// (statistics.md B.4.7).
using Weir.Contracts.Flows;

namespace Weir.Store.Comparing;

/// <summary>What the time before onset says about an endpoint.</summary>
public enum OnsetVerdict : byte
{
    /// <summary>Fewer than two cases with an observed onset contact it: kept, for review.</summary>
    Undetermined,

    /// <summary>Contacts begin with the infection.</summary>
    Passed,

    /// <summary>Some contacts precede it.</summary>
    Review,

    /// <summary>They always talked to it.</summary>
    Vetoed,
}

/// <summary>The verdict with its counts.</summary>
/// <param name="Verdict">Kept or not.</param>
/// <param name="Observed">Onset-observed cases that contact the endpoint after their first watchlist contact.</param>
/// <param name="Before">Those of them that contacted it in their pre-window too.</param>
public readonly record struct OnsetTally(OnsetVerdict Verdict, int Observed, int Before)
{
    public static OnsetTally Judge(int observed, int before, ComparingOptions options) => new(
        observed < 2 ? OnsetVerdict.Undetermined
        : (double)before / observed > options.VetoShare ? OnsetVerdict.Vetoed
        : (double)before / observed > options.ReviewShare ? OnsetVerdict.Review
        : OnsetVerdict.Passed, observed, before);
}

/// <summary>The cases' own times before infection.</summary>
internal sealed class Onset
{
    private readonly Dictionary<SubjectKey, (long PreUntilMs, long FirstContactMs)> _observed = [];

    private Onset()
    {
    }

    public int Observed => _observed.Count;

    /// <summary>The pre-window runs from the start of what is known to the first watchlist contact
    /// less the washout.</summary>
    /// <param name="cases">Cases with their first watchlist contact.</param>
    /// <param name="firstSeen">First contact with anything from the start on, by subject.</param>
    /// <param name="window">Window of the comparison.</param>
    /// <param name="options">Washout, shares and history.</param>
    public static Onset Compute(
        IEnumerable<(SubjectKey Subject, long FirstContactMs)> cases, IReadOnlyDictionary<SubjectKey, long> firstSeen,
        PairWindow window, ComparingOptions options)
    {
        var onset = new Onset();
        var washout = Math.Min((long)options.Washout.TotalMilliseconds, window.LengthMs / 10);
        var start = StartOf(window, options);
        foreach (var (subject, firstContact) in cases)
        {
            var preUntil = firstContact - washout;
            if (preUntil - start >= options.PreWindowShare * window.LengthMs
                && firstSeen.TryGetValue(subject, out var seen) && seen < preUntil)
            {
                onset._observed[subject] = (preUntil, firstContact);
            }
        }

        return onset;
    }

    public static long StartOf(PairWindow window, ComparingOptions options) =>
        Math.Min(window.FromMs, options.HistoryFromMs ?? window.FromMs);

    /// <summary>Judges one endpoint by the cases' contacts with it.</summary>
    public OnsetTally Judge(IEnumerable<PairContact> contacts, ComparingOptions options)
    {
        var (observed, before) = (0, 0);
        foreach (var contact in contacts)
        {
            if (_observed.TryGetValue(contact.Subject, out var own) && contact.LastMs >= own.FirstContactMs)
            {
                observed++;
                before += contact.FirstMs < own.PreUntilMs ? 1 : 0;
            }
        }

        return OnsetTally.Judge(observed, before, options);
    }
}
