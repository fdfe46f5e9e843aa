// SPDX-License-Identifier: Apache-2.0

namespace Weir.Vault.Identity.Records;

/// <summary>A source or the identity store cannot be used: one sentence that names the thing, the
/// place and the mend.</summary>
public sealed class IdentityException : Exception
{
    public IdentityException(string message)
        : base(message)
    {
    }

    public IdentityException(string message, Exception cause)
        : base(message, cause)
    {
    }

    public IdentityException()
    {
    }
}
