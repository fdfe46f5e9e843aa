// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Policy;

namespace Weir.Desk.Sessions;

/// <summary>Somebody, and the number that the operating system knew the user by when the link was asked for. A name may
/// be given on to somebody else; then it is another number.</summary>
/// <param name="Who">Name and role.</param>
/// <param name="Number">Null where the name stands for its number alone.</param>
internal sealed record SignedInUser(Actor Who, uint? Number);

/// <summary>One browser of one person. What the person may is asked anew at every request; the role here is the one
/// that was had at the sign-in, and another one ends the session.</summary>
internal sealed class ConsoleSession
{
    private string? _news;

    /// <summary>What the person knows it by; no secret.</summary>
    public required string Id { get; init; }

    /// <summary>Who signed in, in which role.</summary>
    public Actor Who => User.Who;

    public required SignedInUser User { get; init; }

    /// <summary>How they did.</summary>
    public required SignInMethod Way { get; init; }

    public required DateTimeOffset OpenedAt { get; init; }

    /// <summary>When its last page was asked for, a wall's refreshes aside.</summary>
    public required DateTimeOffset UsedAt { get; set; }

    /// <summary>What every form of this session carries, so that no other site can send one.</summary>
    public required string FormKey { get; init; }

    /// <summary>Timestamp of the sign-in.</summary>
    public required long Opened { get; init; }

    /// <summary>Timestamp of the last use.</summary>
    public required long Used { get; set; }

    /// <summary>Timestamp of when its person last showed who they are; null for not yet.</summary>
    public required long? Proved { get; set; }

    /// <summary>Has the next page say that something was done.</summary>
    /// <param name="what">Its word.</param>
    public void Tell(string what) => Volatile.Write(ref _news, what);

    /// <summary>What was done and not told yet; null for nothing. It is told once.</summary>
    public string? TakeNews() => Interlocked.Exchange(ref _news, null);
}

/// <summary>How a session stands.</summary>
internal enum SessionState
{
    /// <summary>There is none, or it is over.</summary>
    None,

    /// <summary>Nobody used it for a while: it shows the wall, and nothing else.</summary>
    Idle,

    Open,
}
