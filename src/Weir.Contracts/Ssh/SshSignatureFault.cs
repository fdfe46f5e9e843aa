// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;

namespace Weir.Contracts.Ssh;

/// <summary>Why a signature does not hold.</summary>
public enum SshSignatureFault
{
    /// <summary>It holds.</summary>
    None,

    /// <summary>The text is no signature of SSH, or of a key or digest that is not taken.</summary>
    Malformed,

    /// <summary>It was made for another namespace: it stands for something else.</summary>
    OtherNamespace,

    /// <summary>A security key made it and nobody touched it.</summary>
    NotPresent,

    /// <summary>It is not this key's over these octets.</summary>
    BadSignature,
}

/// <summary>Words for <see cref="SshSignatureFault"/>.</summary>
public static class SshSignatureFaults
{
    /// <summary>The code of a fault, such as <c>other-namespace</c>.</summary>
    public static string Word(SshSignatureFault fault) => fault switch
    {
        SshSignatureFault.None => "none",
        SshSignatureFault.Malformed => "malformed",
        SshSignatureFault.OtherNamespace => "other-namespace",
        SshSignatureFault.NotPresent => "not-present",
        SshSignatureFault.BadSignature => "bad-signature",
        _ => throw new UnreachableException(),
    };
}
