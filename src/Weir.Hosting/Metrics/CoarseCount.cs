// SPDX-License-Identifier: Apache-2.0
namespace Weir.Hosting.Metrics;

/// <summary>A count that would tell of one line's activity if it stood on a page as it is: shown as it was a minute ago
/// or longer, rounded up to a hundred. Safe for any thread.</summary>
/// <param name="exact">What is counted; never falls.</param>
/// <param name="time">Our clock.</param>
public sealed class CoarseCount(Func<long> exact, TimeProvider time)
{
    public const long Step = 100;

    /// <summary>How old what is shown is at least.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromMinutes(1);

    private const int MostWaiting = 256;

    private readonly Lock _gate = new();
    private readonly Queue<(DateTimeOffset At, long Count)> _waiting = [];
    private long _shown;

    /// <summary>How a count is read: in the lab as it is, elsewhere coarsely.</summary>
    public static Func<long> Of(Func<long> exact, TimeProvider time, bool isLab) =>
        isLab ? exact : new CoarseCount(exact, time).Read;

    /// <summary>Takes a sample and gives the newest that is old enough; 0 before there is one.</summary>
    public long Read()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            while (_waiting.TryPeek(out var oldest) && now - oldest.At >= Delay)
            {
                _shown = Math.Max(_shown, (oldest.Count + Step - 1) / Step * Step);
                _ = _waiting.Dequeue();
            }

            // Who reads without pause fills nothing: what was sampled is shown in its turn.
            if (_waiting.Count < MostWaiting)
            {
                _waiting.Enqueue((now, exact()));
            }

            return _shown;
        }
    }
}
