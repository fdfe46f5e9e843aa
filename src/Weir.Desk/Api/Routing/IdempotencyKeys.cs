// SPDX-License-Identifier: Apache-2.0
//
// A request that comes again under the same Idempotency-Key has the first one's answer and does nothing more. Answers
// are kept in memory, a day at most and so many of one user: who repeats a request after a restart of Weir asks anew.
// What was refused is not kept: it may be asked again.
using System.Security.Cryptography;

namespace Weir.Desk.Api.Routing;

/// <summary>Answers by user and key. Safe for many callers at once.</summary>
internal sealed class IdempotencyKeys(TimeProvider time)
{
    public const string Header = "Idempotency-Key";
    public const int MaxKeyLength = 64;

    private const int MaxOfUser = 256;

    private static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Entry>> _users = new(StringComparer.Ordinal);

    /// <summary>Whether a text can be a key: 1 to 64 visible characters of ASCII.</summary>
    public static bool IsKey(string text) =>
        text.Length is >= 1 and <= MaxKeyLength && text.All(c => c is > ' ' and <= '~');

    /// <summary>The answer kept under the key, or that of <paramref name="act"/>.</summary>
    /// <param name="user">Whose key it is.</param>
    /// <param name="key">As the caller chose it.</param>
    /// <param name="request">What tells this request from another under the same key.</param>
    /// <param name="act">Carries the request out.</param>
    /// <exception cref="ApiRefusalException">The key was sent with another request.</exception>
    public async Task<byte[]> RunAsync(
        string user, string key, ReadOnlyMemory<byte> request, Func<Task<byte[]>> act)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(request.Span));
        while (true)
        {
            var (entry, isFirst) = Find(user, key, digest);
            if (isFirst)
            {
                return await ActAsync(user, entry, act);
            }

            if (await entry.Answer.Task is { } answer)
            {
                return answer;
            }
        }
    }

    /// <summary>Whoever waits for an act that failed is told nothing of it, and tries it.</summary>
    private async Task<byte[]> ActAsync(string user, Entry entry, Func<Task<byte[]>> act)
    {
        byte[]? answer = null;
        try
        {
            return answer = await act();
        }
        finally
        {
            if (answer is null)
            {
                Forget(user, entry);
            }

            entry.Answer.SetResult(answer);
        }
    }

    private (Entry Entry, bool IsFirst) Find(string user, string key, string digest)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (!_users.TryGetValue(user, out var entries))
            {
                _users[user] = entries = [];
            }

            entries.RemoveAll(entry => entry.At + Kept <= now && entry.Answer.Task.IsCompleted);
            if (entries.Find(entry => entry.Key == key) is { } known)
            {
                return known.Digest == digest ? (known, false) : throw new ApiRefusalException(
                    ApiProblems.KeyReused,
                    $"{Header} '{key}' was sent with another request within a day; send a new key with a new request");
            }

            if (entries.Count >= MaxOfUser && entries.Find(entry => entry.Answer.Task.IsCompleted) is { } oldest)
            {
                entries.Remove(oldest);
            }

            var first = new Entry(key, digest, now);
            entries.Add(first);
            return (first, true);
        }
    }

    private void Forget(string user, Entry entry)
    {
        lock (_gate)
        {
            _users[user].Remove(entry);
        }
    }

    private sealed record Entry(string Key, string Digest, DateTimeOffset At)
    {
        public TaskCompletionSource<byte[]?> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
