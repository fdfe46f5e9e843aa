// SPDX-License-Identifier: Apache-2.0
using Weir.Vault.Sealing;

namespace Weir.Vault.Gardening;

/// <summary>Lines that somebody's life may hang on: a medical device, an alarm (rules.md R14). They are never put into
/// the strict garden.</summary>
internal interface IProtectedSubjects
{
    bool IsProtected(SealedSubject subject);
}
