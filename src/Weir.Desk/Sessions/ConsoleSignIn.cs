// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;
using Weir.Contracts.Policy;

namespace Weir.Desk.Sessions;

/// <summary>How people come into the console: links from the people's socket, passkeys of the governance, and the
/// sessions they open.</summary>
/// <param name="address">Where browsers reach the console.</param>
/// <param name="time">The clock.</param>
/// <param name="numberOf">The number that a user of the operating system has now; null for a name that is none.</param>
internal sealed class ConsoleSignIn(Uri address, TimeProvider time, Func<string, uint?> numberOf)
{
    /// <summary>Where a link leads.</summary>
    public const string Path = "/sign-in";

    /// <summary>Leads to the provider's identity service.</summary>
    public const string Oidc = $"{Path}/oidc";

    /// <summary>Where that sends a browser back to.</summary>
    public const string OidcBack = $"{Oidc}/back";

    /// <summary>Marks the first page for a wall, which renews itself and keeps no session alive.</summary>
    public const string WallMark = "wall";

    /// <summary>Marks the first page where the script renewed it: nobody used it.</summary>
    public const string RenewMark = "renew";

    public SignInLinks Links { get; } = new(time, numberOf);

    public ConsoleSessions Sessions { get; } = new(time);

    /// <summary>The other way in; nobody's unless given.</summary>
    public ConsolePasskeys Passkeys { get; init; } = new(new(People.Nobody), new(null), time);

    /// <summary>Passwords with codes; null where the console takes none.</summary>
    public ConsolePasswords? Passwords { get; init; }

    /// <summary>Somebody with the number that the operating system knows the user by now; none where there is no such
    /// user on this machine.</summary>
    public SignedInUser UserOf(Actor who) => new(who, numberOf(who.Name));

    /// <summary>Whether the name is still the user's who asked for the link, and was not given on to somebody else.
    /// </summary>
    public bool IsStill(SignedInUser user) => numberOf(user.Who.Name) == user.Number;

    /// <summary>Whether the passkey or the name that opened a session is its person's in the governance in force.
    /// </summary>
    public bool IsStillGoverned(ConsoleSession session) => session.Way.Kind == SignInKind.Password
        ? Passwords?.Find(session.Who.Name)?.Id == session.Way.Key
        : session.Way.LeadsTo(session.Who.Name, Passkeys.People.Current);

    /// <summary>The address that carries a code.</summary>
    public string LinkOf(string code) => new Uri(address, $"{Path}?code={code}").ToString();
}
