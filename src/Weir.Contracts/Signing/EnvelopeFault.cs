// SPDX-License-Identifier: Apache-2.0
//
// Why an envelope is not believed: a closed list, each with the word that logs, metrics and refusals use.
using System.Diagnostics;

namespace Weir.Contracts.Signing;

/// <summary>Why an envelope is not believed.</summary>
public enum EnvelopeFault
{
    /// <summary>It is believed.</summary>
    None,

    /// <summary>The octets are no envelope.</summary>
    Malformed,

    /// <summary>The payload is larger than its type allows.</summary>
    TooLarge,

    /// <summary>Nobody here reads this type.</summary>
    UnknownType,

    /// <summary>The payload's schema version is newer than this program reads.</summary>
    FutureSchema,

    /// <summary>The key is on no list.</summary>
    UnknownKey,

    /// <summary>The signature is not this key's over this type, version and payload.</summary>
    BadSignature,

    /// <summary>The signature is right, but its holder may not sign this type.</summary>
    WrongRole,
}

/// <summary>Words for <see cref="EnvelopeFault"/>.</summary>
public static class EnvelopeFaults
{
    /// <summary>The code of a fault, such as <c>unknown-key</c>.</summary>
    public static string Word(EnvelopeFault fault) => fault switch
    {
        EnvelopeFault.None => "none",
        EnvelopeFault.Malformed => "malformed",
        EnvelopeFault.TooLarge => "too-large",
        EnvelopeFault.UnknownType => "unknown-type",
        EnvelopeFault.FutureSchema => "future-schema",
        EnvelopeFault.UnknownKey => "unknown-key",
        EnvelopeFault.BadSignature => "bad-signature",
        EnvelopeFault.WrongRole => "wrong-role",
        _ => throw new UnreachableException(),
    };
}
