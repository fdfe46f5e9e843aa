// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Sealing;

namespace Weir.Vault.Gardening;

/// <summary>Lines that somebody's life may hang on: a medical device, an alarm (rules.md R14). They are never put into the strict garden.</summary>
internal interface IProtectedLines
{
    bool IsProtected(SealedSubject subject);
}

/// <summary>For a vault that keeps no contacts.</summary>
internal sealed class NoProtectedLines : IProtectedLines
{
    public bool IsProtected(SealedSubject subject) => false;
}
