// SPDX-License-Identifier: Apache-2.0
//
// Candidates that wait for a later window, and those that one confirmed. An endpoint is frozen with the window that
// found it; a window that begins after that one ended tests it. What was neither found nor confirmed for a fortnight
// is over: a C&C that moved on is no candidate any more, and found anew it begins anew.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Flows;
using Weir.Contracts.Reports;
using Weir.Hosting.Files;
using Weir.Store.Comparing;

namespace Weir.Store.Runs;

/// <summary>One candidate; times in milliseconds since the UNIX epoch.</summary>
/// <param name="FoundUntilMs">End of the window that found it first.</param>
/// <param name="LastMs">End of the latest window that found or confirmed it.</param>
/// <param name="State">Its state, as <see cref="CandidateStates"/> names it.</param>
internal sealed record FrozenCandidate(long FoundUntilMs, long LastMs, string State);

/// <summary>The ledger. Safe for any thread.</summary>
internal sealed class FrozenCandidates
{
    /// <summary>Without evidence for so long a candidate is over (statistics.md B.4.10).</summary>
    public static readonly TimeSpan Lasts = TimeSpan.FromDays(14);

    private const long HourMs = 3_600_000;

    private readonly Lock _gate = new();
    private readonly string _path;
    private SortedDictionary<string, FrozenCandidate> _all = new(StringComparer.Ordinal);

    /// <exception cref="InvalidDataException">The file is none of ours.</exception>
    public FrozenCandidates(ComparisonOptions options)
    {
        _path = options.FrozenFile;
        if (!File.Exists(_path))
        {
            return;
        }

        try
        {
            _all = new(
                JsonSerializer.Deserialize(
                    File.ReadAllBytes(_path), FrozenContext.Default.SortedDictionaryStringFrozenCandidate) ?? [],
                StringComparer.Ordinal);
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"{_path} is damaged: {fault.Message}; take it away, and what was found "
                + "before waits again for a window that confirms it", fault);
        }
    }

    /// <summary>Those that a window may test: found in one that ended before it begins, and not over. Windows begin
    /// with an hour and end when they are compared, so that one a day shares the begun hour with the next: the test
    /// leaves that hour out.</summary>
    /// <returns>The endpoints, and what of the window had no part in finding any of them.</returns>
    public (IReadOnlyList<Endpoint> Endpoints, PairWindow New) DueIn(PairWindow window)
    {
        lock (_gate)
        {
            var (endpoints, from) = (new List<Endpoint>(), window.FromMs);
            foreach (var (name, one) in _all)
            {
                var found = WholeHour(one.FoundUntilMs);
                if (found <= WholeHour(window.FromMs + 1) && !IsOver(one, window.UntilMs)
                    && Endpoint.TryParse(name, out var endpoint))
                {
                    endpoints.Add(endpoint);
                    from = Math.Max(from, found);
                }
            }

            return (endpoints, window with { FromMs = from });
        }
    }

    /// <summary>The first whole hour that begins then or later.</summary>
    private static long WholeHour(long ms) => (ms + HourMs - 1) / HourMs * HourMs;

    /// <summary>The state of an endpoint; null where it is none of ours.</summary>
    public CandidateState? StateOf(Endpoint endpoint)
    {
        lock (_gate)
        {
            return _all.TryGetValue(endpoint.ToString(), out var one)
                && CandidateStates.TryParse(one.State, out var state)
                ? state : null;
        }
    }

    /// <summary>Notes durably what a window found and confirmed, and drops what is over by its end. A window earlier
    /// than what is known changes nothing of it.</summary>
    public void Follow(PairWindow window, IEnumerable<Endpoint> found, IEnumerable<FrozenTest> tests)
    {
        lock (_gate)
        {
            var next = new SortedDictionary<string, FrozenCandidate>(StringComparer.Ordinal);
            foreach (var (name, one) in _all.Where(one => !IsOver(one.Value, window.UntilMs)))
            {
                next[name] = one;
            }

            foreach (var endpoint in found)
            {
                Step(next, endpoint, CandidateStep.Found, window.UntilMs);
            }

            foreach (var held in tests.Where(test => test.Holds))
            {
                Step(next, held.Key, CandidateStep.HeldLater, window.UntilMs);
            }

            AtomicFile.Write(_path, JsonSerializer.Serialize(
                next, FrozenContext.Default.SortedDictionaryStringFrozenCandidate));
            _all = next;
        }
    }

    private static void Step(
        SortedDictionary<string, FrozenCandidate> all, Endpoint endpoint, CandidateStep step, long untilMs)
    {
        var name = endpoint.ToString();
        var known = all.GetValueOrDefault(name);
        CandidateState? before = known is not null && CandidateStates.TryParse(known.State, out var state) ? state
            : null;
        if (CandidateStates.Next(before, step) is { } after)
        {
            all[name] = new(
                known?.FoundUntilMs
                    ?? untilMs, Math.Max(known?.LastMs ?? untilMs, untilMs), CandidateStates.ToName(after));
        }
    }

    private static bool IsOver(FrozenCandidate one, long nowMs) => one.LastMs + (long)Lasts.TotalMilliseconds < nowMs;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict)]
[JsonSerializable(typeof(SortedDictionary<string, FrozenCandidate>))]
internal sealed partial class FrozenContext : JsonSerializerContext;
