// SPDX-License-Identifier: Apache-2.0
namespace Weir.Vault.Gardening.Radius;

/// <summary>Why a NAS did not do it (RFC 5176 §3.5; 508 RFC 5176, 509 RFC 5580, 601 RFC 7499).</summary>
internal static class ErrorCause
{
    public const byte Attribute = 101;
    public const uint SessionNotFound = 503;

    /// <summary>Number and name, <c>503 Session-Context-Not-Found</c>.</summary>
    public static string Format(uint cause) => FormattableString.Invariant($"{cause} {ToName(cause)}");

    private static string ToName(uint cause) => cause switch
    {
        201 => "Residual-Session-Context-Removed",
        202 => "Invalid-EAP-Packet",
        401 => "Unsupported-Attribute",
        402 => "Missing-Attribute",
        403 => "NAS-Identification-Mismatch",
        404 => "Invalid-Request",
        405 => "Unsupported-Service",
        406 => "Unsupported-Extension",
        407 => "Invalid-Attribute-Value",
        501 => "Administratively-Prohibited",
        502 => "Request-Not-Routable",
        SessionNotFound => "Session-Context-Not-Found",
        504 => "Session-Context-Not-Removable",
        505 => "Other-Proxy-Processing-Error",
        506 => "Resources-Unavailable",
        507 => "Request-Initiated",
        508 => "Multiple-Session-Selection-Unsupported",
        509 => "Location-Info-Required",
        601 => "Response-Too-Big",
        _ => "unknown-cause",
    };
}
