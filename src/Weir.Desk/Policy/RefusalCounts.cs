// SPDX-License-Identifier: Apache-2.0
//
// How often each person was refused (rules.md R13), at little cost: of refusals that are told together one row is
// written each time that their number has doubled. What a stop loses is less than half of the last minute's; the record
// of the audit has all of them.
using System.Collections.Concurrent;

namespace Weir.Desk.Policy;

/// <summary>Counts. Safe for any thread.</summary>
internal sealed class RefusalCounts(IRefusalLog log)
{
    private readonly ConcurrentDictionary<string, Counted> _people = new(StringComparer.Ordinal);

    /// <summary>One more of a person, and how many there were since then.</summary>
    /// <param name="refusal">The refusal.</param>
    /// <param name="since">Earlier ones do not count.</param>
    /// <param name="isTogether">It is told with others, not by itself.</param>
    /// <param name="cancel">Gives up.</param>
    public async Task<int> AddAsync(
        PolicyRefusal refusal, DateTimeOffset since, bool isTogether, CancellationToken cancel)
    {
        var person = _people.GetOrAdd(refusal.Actor, static _ => new());
        int times;
        lock (person)
        {
            times = ++person.Waiting;
            if (isTogether && times < person.Written)
            {
                return person.Written + times;
            }

            person.Waiting = 0;
        }

        try
        {
            var all = await log.AddAsync(refusal with { Times = times }, since, cancel);
            lock (person)
            {
                person.Written = all;
                return all + person.Waiting;
            }
        }
        catch
        {
            lock (person)
            {
                person.Waiting += times;
            }

            throw;
        }
    }

    private sealed class Counted
    {
        /// <summary>As the log had them when it was last written.</summary>
        public int Written { get; set; }

        /// <summary>Those since.</summary>
        public int Waiting { get; set; }
    }
}
