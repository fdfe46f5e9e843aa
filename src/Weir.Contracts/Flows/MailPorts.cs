// SPDX-License-Identifier: Apache-2.0
namespace Weir.Contracts.Flows;

/// <summary>TCP ports to which mail is sent.</summary>
public static class MailPorts
{
    /// <summary>SMTP (RFC 5321), submission over TLS (RFC 8314) and submission (RFC 6409).</summary>
    public static IReadOnlyList<ushort> Usual { get; } = [25, 465, 587];
}
