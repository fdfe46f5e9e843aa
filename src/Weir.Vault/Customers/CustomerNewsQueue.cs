// SPDX-License-Identifier: Apache-2.0
//
// The vault asks nobody. What a page needs of the desk waits here until the desk's question for news takes it; the
// answer comes as a request of the desk's, and the page that waits for it goes on.
using Weir.Contracts.Scopes;

namespace Weir.Vault.Customers;

/// <summary>Cases whose page is asked for, and what the desk told of them. Safe for any thread.</summary>
internal sealed class CustomerNewsQueue(CustomerActStore acts, TimeProvider time)
{
    /// <summary>How long the desk's question waits.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    /// <summary>What was told is shown for this long where the desk does not answer.</summary>
    public static readonly TimeSpan ShownFor = TimeSpan.FromMinutes(10);

    private const int MaxCases = 10_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<CaseId, (CustomerCaseView View, DateTimeOffset At)> _told = [];
    private readonly Dictionary<CaseId, TaskCompletionSource<CustomerCaseView>> _wanted = [];
    private readonly HashSet<CaseId> _asked = [];
    private TaskCompletionSource _news = New();

    /// <summary>How a case stands: as the desk tells it now, or as it told it lately; null where it does
    /// neither.</summary>
    public async Task<CustomerCaseView?> GetAsync(CaseId id, TimeSpan patience, CancellationToken cancel)
    {
        Task<CustomerCaseView> told;
        lock (_gate)
        {
            if (!_wanted.TryGetValue(id, out var waiting))
            {
                if (_wanted.Count >= MaxCases)
                {
                    return Latest(id);
                }

                _wanted[id] = waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);
            }

            _ = _asked.Add(id);
            told = waiting.Task;
        }

        Tell();
        try
        {
            return await told.WaitAsync(patience, time, cancel);
        }
        catch (TimeoutException)
        {
            lock (_gate)
            {
                _ = _wanted.Remove(id);
                _ = _asked.Remove(id);
                return Latest(id);
            }
        }
    }

    /// <summary>Something is new for the desk.</summary>
    public void Tell()
    {
        lock (_gate)
        {
            _ = _news.TrySetResult();
        }
    }

    /// <summary>Takes how a case stands.</summary>
    public void Take(CustomerCaseView view)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (_told.Count >= MaxCases)
            {
                foreach (var old in _told.Where(one => now - one.Value.At > ShownFor).Select(one => one.Key).ToList())
                {
                    _ = _told.Remove(old);
                }
            }

            if (_told.Count < MaxCases || _told.ContainsKey(view.Id))
            {
                _told[view.Id] = (view, now);
            }

            if (_wanted.Remove(view.Id, out var waiting))
            {
                _ = waiting.TrySetResult(view);
            }
        }
    }

    /// <summary>Forgets a case whose key goes.</summary>
    public void Forget(CaseId id)
    {
        lock (_gate)
        {
            _ = _told.Remove(id);
            _ = _wanted.Remove(id);
            _ = _asked.Remove(id);
        }
    }

    /// <summary>Cases that are asked for since the last question, once there is news; each is told once.</summary>
    /// <returns>Null where there is none for <see cref="Patience"/>.</returns>
    public async Task<IReadOnlyList<CaseId>?> WaitAsync(CancellationToken cancel)
    {
        Task news;
        lock (_gate)
        {
            if (_asked.Count > 0 || acts.Waiting.Count > 0)
            {
                return Flush();
            }

            news = _news.Task;
        }

        try
        {
            await news.WaitAsync(Patience, time, cancel);
        }
        catch (TimeoutException)
        {
            return null;
        }

        lock (_gate)
        {
            return Flush();
        }
    }

    private List<CaseId> Flush()
    {
        List<CaseId> asked = [.. _asked];
        _asked.Clear();
        _news = New();
        return asked;
    }

    private CustomerCaseView? Latest(CaseId id) =>
        _told.TryGetValue(id, out var told) && time.GetUtcNow() - told.At <= ShownFor ? told.View : null;

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
