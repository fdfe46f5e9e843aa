// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Approvals;

namespace Weir.Desk.Sessions;

/// <summary>What somebody signed in by.</summary>
internal enum SignInKind
{
    /// <summary>A link of the people's socket.</summary>
    Link,

    /// <summary>A passkey of the governance.</summary>
    Passkey,

    /// <summary>The provider's identity service.</summary>
    IdentityService,

    /// <summary>A password with a code.</summary>
    Password,
}

/// <summary>How somebody signed in, and by what the governance knew them.</summary>
/// <param name="Kind">The way.</param>
/// <param name="Key">The passkey's identifier, base64url, the name at the identity service, or the password's number;
/// empty for a link.</param>
internal sealed record SignInMethod(SignInKind Kind, string Key = "")
{
    /// <summary>Whether its person had to show who they are. An identity service signs in silently whoever sits
    /// there.</summary>
    public bool IsShow => Kind != SignInKind.IdentityService;

    /// <summary>For the record; empty for a link.</summary>
    public string Word => Kind switch
    {
        SignInKind.Passkey => "passkey",
        SignInKind.IdentityService => "identity service",
        SignInKind.Password => "password",
        _ => "",
    };

    /// <summary>Whether it still leads to a user, by this governance. A link stands in none.</summary>
    public bool LeadsTo(string user, People people) => Kind switch
    {
        SignInKind.Passkey => people.TryFindConsolePasskey(Key, out var found) && found.Person.User == user,
        SignInKind.IdentityService => people.FindOidc(Key)?.User == user,
        _ => true,
    };
}
