// SPDX-License-Identifier: Apache-2.0
//
// The closed list of what may be signed, by whom, and how new and how large it may be.
using System.Collections.Immutable;

namespace Weir.Contracts.Signing;

/// <summary>A type of envelope that this program reads.</summary>
/// <param name="Type">Its name: see <see cref="Envelope.IsType"/>.</param>
/// <param name="NewestVersion">Newest schema version that this program reads; every version from 1 on is read.</param>
/// <param name="Roles">Roles whose keys may sign it.</param>
/// <param name="MaxOctets">Most octets of its payload.</param>
public sealed record EnvelopeKind(
    string Type, int NewestVersion, ImmutableArray<string> Roles, int MaxOctets = 64 << 10);

/// <summary>Who holds a key.</summary>
/// <param name="Role">What the holder is, such as <c>collector</c>.</param>
/// <param name="Name">Which one of them, such as <c>edge-1</c>.</param>
public sealed record KeyHolder(string Role, string Name)
{
    /// <summary><c>role/name</c>.</summary>
    public override string ToString() => $"{Role}/{Name}";
}

/// <summary>What is known of an envelope after looking: who signed it, or why it is not believed.</summary>
/// <param name="Fault"><see cref="EnvelopeFault.None"/> where it is believed.</param>
/// <param name="Signer">Who signed; null unless the signature is right (also given with
/// <see cref="EnvelopeFault.WrongRole"/>).</param>
public readonly record struct Verification(EnvelopeFault Fault, KeyHolder? Signer)
{
    /// <summary>True where the envelope is its signer's word.</summary>
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Signer))]
    public bool IsBelieved => Fault == EnvelopeFault.None && Signer is not null;
}
