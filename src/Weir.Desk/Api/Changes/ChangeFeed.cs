// SPDX-License-Identifier: Apache-2.0
//
// That something changed, and nothing of what: a topic has a number, which grows. Who listens asks for the rest where it
// is decided and recorded. The work is one round for all listeners together, and none where nobody listens: the round
// compares what is in memory, by reference where values never change.
using System.Runtime.CompilerServices;

namespace Weir.Desk.Api.Changes;

/// <summary>Something that pages are made of.</summary>
/// <param name="Name">Of the topic.</param>
/// <param name="Route">The API's route that tells of it: who may call that may know that it changed.</param>
/// <param name="Fingerprint">Another number whenever something of it is another; of memory alone.</param>
internal sealed record ChangeTopic(string Name, string Route, Func<long> Fingerprint);

/// <summary>Numbers of topics. Safe for any thread.</summary>
internal sealed class ChangeFeed(IReadOnlyList<ChangeTopic> topics, TimeProvider time)
{
    /// <summary>Between two rounds.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly long[] _seen = new long[topics.Count];
    private readonly long[] _numbers = new long[topics.Count];
    private long _at;
    private bool _isFirst = true;

    public IReadOnlyList<ChangeTopic> Topics => topics;

    /// <summary>Rounds that were made: one for all who ask within a period.</summary>
    public long Rounds { get; private set; }

    /// <summary>The number of each topic, in their order; at most a period old.</summary>
    public IReadOnlyList<long> Read()
    {
        lock (_gate)
        {
            if (_isFirst || time.GetElapsedTime(_at) >= Period)
            {
                (_at, Rounds) = (time.GetTimestamp(), Rounds + 1);
                for (var i = 0; i < topics.Count; i++)
                {
                    var now = topics[i].Fingerprint();
                    if (!_isFirst && now != _seen[i])
                    {
                        _numbers[i]++;
                    }

                    _seen[i] = now;
                }

                _isFirst = false;
            }

            return [.. _numbers];
        }
    }

    /// <summary>The number of a topic as it was told last; makes no round.</summary>
    public long Told(string topic)
    {
        lock (_gate)
        {
            return _numbers[topics.Index().Single(one => one.Item.Name == topic).Index];
        }
    }

    /// <summary>Of values that never change: which ones they are.</summary>
    internal static long Of<T>(IEnumerable<T> values)
        where T : class
    {
        var (sum, count) = (0L, 0L);
        foreach (var value in values)
        {
            sum += RuntimeHelpers.GetHashCode(value);
            count++;
        }

        return (sum * 31) + count;
    }

    /// <summary>Of what values say.</summary>
    internal static long OfTexts(IEnumerable<string> texts)
    {
        var hash = new HashCode();
        foreach (var text in texts)
        {
            hash.Add(text);
        }

        return hash.ToHashCode();
    }
}
