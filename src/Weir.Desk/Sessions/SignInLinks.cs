// SPDX-License-Identifier: Apache-2.0
//
// A link signs one person in once. The people's socket gives it to the user at its other end, so what the kernel says
// of that user is what a session of the console rests on; nothing is typed that could be guessed or phished.
using Weir.Contracts.Policy;

namespace Weir.Desk.Sessions;

/// <summary>Codes that were given and not used yet. Safe for any thread.</summary>
/// <param name="time">Its timestamps do not jump, so a clock that steps back extends no link.</param>
/// <param name="numberOf">The number that a user of the operating system has now.</param>
internal sealed class SignInLinks(TimeProvider time, Func<string, uint?> numberOf)
{
    /// <summary>How long a link holds.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    /// <summary>Of one user; a further one ends the oldest.</summary>
    public const int MostOfUser = 4;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Given> _given = new(StringComparer.Ordinal);

    /// <summary>A code for somebody, whom the caller has identified.</summary>
    public string Issue(Actor who)
    {
        var (code, user) = (SecretText.Draw(), new SignedInUser(who, numberOf(who.Name)));
        lock (_gate)
        {
            Forget();
            var theirs =
                _given.Where(given => given.Value.User.Who.Name == who.Name).OrderBy(given => given.Value.At).ToList();
            foreach (var (digest, _) in theirs.Take(theirs.Count - MostOfUser + 1))
            {
                _ = _given.Remove(digest);
            }

            _given[SecretText.Digest(code)] = new(user, time.GetTimestamp());
        }

        return code;
    }

    /// <summary>Whom a code would sign in; null where it is none, is over or was used.</summary>
    public Actor? Find(string code)
    {
        lock (_gate)
        {
            Forget();
            return _given.GetValueOrDefault(SecretText.Digest(code))?.User.Who;
        }
    }

    /// <summary>Whom a code signs in, and never again.</summary>
    public SignedInUser? Redeem(string code)
    {
        lock (_gate)
        {
            Forget();
            return _given.Remove(SecretText.Digest(code), out var given) ? given.User : null;
        }
    }

    private void Forget()
    {
        foreach (var (digest, _) in _given.Where(given => time.GetElapsedTime(given.Value.At) >= Life).ToList())
        {
            _ = _given.Remove(digest);
        }
    }

    private sealed record Given(SignedInUser User, long At);
}
