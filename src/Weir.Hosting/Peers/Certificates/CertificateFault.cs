// SPDX-License-Identifier: Apache-2.0
//
// Why a certificate is not believed: a closed list, each with its code and with what to do.
using System.Diagnostics;

namespace Weir.Hosting.Peers.Certificates;

/// <summary>Why a certificate is not believed.</summary>
public enum CertificateFault
{
    /// <summary>It is believed.</summary>
    None,

    /// <summary>It is not of the authority that this process believes.</summary>
    OtherAuthority,

    /// <summary>Its dates do not hold now.</summary>
    OutOfDate,

    /// <summary>Its fingerprint stands among those that were called back.</summary>
    Revoked,

    /// <summary>It names no process of Weir.</summary>
    NoIdentity,

    /// <summary>It is another process's.</summary>
    OtherRole,
}

/// <summary>What came of looking at a certificate.</summary>
/// <param name="Fault"><see cref="CertificateFault.None"/> where it is believed.</param>
/// <param name="Identity">Whom it names; null where nobody.</param>
/// <param name="Sentence">What is wrong and what to do, to follow "it shows"; empty where it is believed.</param>
public readonly record struct CertificateVerdict(CertificateFault Fault, PeerIdentity? Identity, string Sentence)
{
    /// <summary>True where it is believed.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Identity))]
    public bool IsBelieved => Fault == CertificateFault.None && Identity is not null;

    /// <summary>As metrics and logs have it.</summary>
    public string Code => CertificateFaults.ToName(Fault);
}

/// <summary>Words for <see cref="CertificateFault"/>.</summary>
public static class CertificateFaults
{
    /// <summary>The code of a fault, such as <c>out-of-date</c>.</summary>
    public static string ToName(CertificateFault fault) => fault switch
    {
        CertificateFault.None => "believed",
        CertificateFault.OtherAuthority => "other-authority",
        CertificateFault.OutOfDate => "out-of-date",
        CertificateFault.Revoked => "revoked",
        CertificateFault.NoIdentity => "no-identity",
        CertificateFault.OtherRole => "other-role",
        _ => throw new UnreachableException(),
    };
}
