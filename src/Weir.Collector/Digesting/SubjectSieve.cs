// SPDX-License-Identifier: Apache-2.0
//
// Whether a block of the ring may hold flows of a subject, so that a pass for few scopes reads and decrypts few blocks
// instead of all: what a pass costs is nearly all deciphering. Two bits for each subject (Bloom 1970); of 4,096
// subjects one block in twenty is read for nothing. In memory only, and gone with its block.
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Collector.Digesting;

/// <summary>Subjects of a block, by hash.</summary>
internal sealed class SubjectSieve
{
    private const int Words = 512;
    private const int WordBits = 6;
    private const int HashBits = 15;

    private readonly ulong[] _bits = new ulong[Words];

    public SubjectSieve(ReadOnlySpan<Flow> flows)
    {
        foreach (ref readonly var flow in flows)
        {
            var (first, second) = Places(flow.Subject);
            _bits[first >> WordBits] |= 1UL << first;
            _bits[second >> WordBits] |= 1UL << second;
        }
    }

    /// <summary>False only where no flow is the subject's.</summary>
    public bool MayHold(IpKey subject)
    {
        var (first, second) = Places(subject);
        return (_bits[first >> WordBits] & (1UL << first)) != 0 && (_bits[second >> WordBits] & (1UL << second)) != 0;
    }

    private static (int First, int Second) Places(IpKey subject)
    {
        var mixed = (subject.Lower ^ (subject.Upper * 0xC2B2AE3D27D4EB4FUL)) * 0xD6E8FEB86659FD93UL;
        mixed = (mixed ^ (mixed >> 32)) * 0x9FB21C651E98DF25UL;
        return ((int)(mixed >> (64 - HashBits)), (int)(mixed >> (64 - (2 * HashBits))) & ((1 << HashBits) - 1));
    }
}
