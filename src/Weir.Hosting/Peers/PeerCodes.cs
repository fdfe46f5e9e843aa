// SPDX-License-Identifier: Apache-2.0
//
// Codes of the refusals that every route has. A handler adds its own by throwing a PeerRefusalException.
namespace Weir.Hosting.Peers;

/// <summary>Codes of refusals, as problem documents and metrics write them.</summary>
public static class PeerCodes
{
    /// <summary>The request was answered.</summary>
    public const string Ok = "ok";

    /// <summary>403: the peer has none of the route's roles.</summary>
    public const string RoleMayNot = "role-may-not";

    /// <summary>404: there is no such route.</summary>
    public const string NoSuchRoute = "no-such-route";

    /// <summary>400: the body or a parameter is not what the route takes.</summary>
    public const string Malformed = "malformed";

    /// <summary>413: the body is larger than the route takes.</summary>
    public const string TooLarge = "too-large";

    /// <summary>400: the caller speaks another version of the schema.</summary>
    public const string SchemaUnsupported = "schema-unsupported";

    /// <summary>408: the body came too slowly.</summary>
    public const string TooSlow = "too-slow";

    /// <summary>503: bodies of requests hold as many octets as they may.</summary>
    public const string Busy = "busy";

    /// <summary>503: this process is about to stop.</summary>
    public const string Stopping = "stopping";

    /// <summary>503: what is released could not be recorded, so nothing was.</summary>
    public const string AuditDown = "audit-down";

    /// <summary>503: what has to be kept cannot be written; the sentence names the disk.</summary>
    public const string DiskDown = "disk-down";

    /// <summary>500: a fault of this program.</summary>
    public const string Failed = "failed";

    /// <summary>The caller went away before it had an answer; never sent.</summary>
    public const string Gone = "gone";

    /// <summary>True for a code that can stand in a metric's label: 1 to 40 lower-case letters, digits,
    /// hyphens.</summary>
    public static bool IsCode(string code) =>
        code.Length is > 0 and <= 40 && code.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
