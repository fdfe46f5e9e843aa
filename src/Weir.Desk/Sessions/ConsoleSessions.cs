// SPDX-License-Identifier: Apache-2.0
//
// Sessions live in memory: a restart of the desk ends them all, and a backup holds none.
using Weir.Contracts.Policy;

namespace Weir.Desk.Sessions;

/// <summary>Sessions of the console. Safe for any thread.</summary>
/// <param name="time">Its timestamps do not jump.</param>
internal sealed class ConsoleSessions(TimeProvider time)
{
    /// <summary>Without a request for so long, a session shows nothing but the wall.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(15);

    /// <summary>A session ends after so long, whatever happens.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromHours(8);

    /// <summary>So long after somebody showed who they are, acts that reach outside need no further show.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(10);

    /// <summary>Of one user; a further one ends the oldest.</summary>
    public const int MostOfUser = 8;

    private const int IdLength = 12;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, ConsoleSession> _sessions = new(StringComparer.Ordinal);

    /// <summary>Opens one for somebody who signed in.</summary>
    /// <param name="user">Who it was.</param>
    /// <param name="way">How.</param>
    /// <returns>The session, the secret of its browser, and those that ended for it.</returns>
    public (ConsoleSession Session, string Secret, IReadOnlyList<ConsoleSession> Ended) Open(
        SignedInUser user, SignInMethod way)
    {
        var (secret, now) = (SecretText.Draw(), time.GetUtcNow());
        var session = new ConsoleSession
        {
            Id = SecretText.Digest(SecretText.Draw())[..IdLength],
            User = user,
            Way = way,
            OpenedAt = now,
            UsedAt = now,
            FormKey = SecretText.Draw(),
            Opened = time.GetTimestamp(),
            Used = time.GetTimestamp(),
            Proved = way.IsShow ? time.GetTimestamp() : null,
        };
        List<ConsoleSession> ended = [];
        lock (_gate)
        {
            Forget();
            var theirs =
                _sessions.Where(one => one.Value.Who.Name == user.Who.Name).OrderBy(one => one.Value.Opened).ToList();
            foreach (var (digest, oldest) in theirs.Take(theirs.Count - MostOfUser + 1))
            {
                _ = _sessions.Remove(digest);
                ended.Add(oldest);
            }

            _sessions[SecretText.Digest(secret)] = session;
        }

        return (session, secret, ended);
    }

    /// <summary>The session of a browser's secret.</summary>
    /// <param name="secret">As the browser sent it.</param>
    /// <param name="isUse">Whether a person asks: an open session lives on for it.</param>
    public (ConsoleSession? Session, SessionState State) Find(string secret, bool isUse)
    {
        lock (_gate)
        {
            Forget();
            if (_sessions.GetValueOrDefault(SecretText.Digest(secret)) is not { } session)
            {
                return (null, SessionState.None);
            }

            if (time.GetElapsedTime(session.Used) >= Idle)
            {
                return (session, SessionState.Idle);
            }

            if (isUse)
            {
                (session.Used, session.UsedAt) = (time.GetTimestamp(), time.GetUtcNow());
            }

            return (session, SessionState.Open);
        }
    }

    /// <summary>Whether its person showed lately who they are.</summary>
    public bool IsFresh(ConsoleSession session)
    {
        lock (_gate)
        {
            return session.Proved is { } at && time.GetElapsedTime(at) < Fresh;
        }
    }

    /// <summary>Its person showed it again.</summary>
    public void Prove(ConsoleSession session)
    {
        lock (_gate)
        {
            session.Proved = time.GetTimestamp();
        }
    }

    /// <summary>Those of a user, newest first.</summary>
    public IReadOnlyList<ConsoleSession> Of(string user)
    {
        lock (_gate)
        {
            Forget();
            return [.. _sessions.Values.Where(one => one.Who.Name == user).OrderByDescending(one => one.Opened)];
        }
    }

    /// <summary>Everybody's, newest first.</summary>
    public IReadOnlyList<ConsoleSession> All()
    {
        lock (_gate)
        {
            Forget();
            return [.. _sessions.Values.OrderByDescending(one => one.Opened)];
        }
    }

    /// <summary>Ends one.</summary>
    /// <returns>False where it is over already.</returns>
    public bool End(ConsoleSession session)
    {
        lock (_gate)
        {
            var found = _sessions.FirstOrDefault(one => one.Value == session);
            return found.Key is not null && _sessions.Remove(found.Key);
        }
    }

    private void Forget()
    {
        foreach (var (digest, _) in _sessions.Where(one => time.GetElapsedTime(one.Value.Opened) >= Longest).ToList())
        {
            _ = _sessions.Remove(digest);
        }
    }
}
