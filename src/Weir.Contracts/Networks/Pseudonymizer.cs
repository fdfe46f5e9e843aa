// SPDX-License-Identifier: Apache-2.0
//
// A subject leaves memory as a pseudonym: AES-256 of its 16-octet block under the epoch's key (rules.md R8). A
// permutation, so there are no collisions and no table at rest; the way back needs the key. The lab profile writes the
// block itself.
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Weir.Contracts.Flows;
using Weir.Wire;

namespace Weir.Contracts.Networks;

/// <summary>Names subjects. One instance per lane or shard: the cipher is not shared between threads.</summary>
public abstract class Pseudonymizer : IDisposable
{
    /// <summary>Replaces subject blocks by pseudonyms, in place; one cipher call for the whole column.</summary>
    public abstract void Pseudonymize(Span<UInt128> subjects);

    /// <summary>The way back, for whoever holds the key.</summary>
    public abstract IpKey Resolve(SubjectKey pseudonym);

    public SubjectKey Pseudonymize(IpKey subject)
    {
        var one = subject.Bits;
        Pseudonymize(new Span<UInt128>(ref one));
        return new SubjectKey(one);
    }

    /// <summary>Subjects in clear, for the <c>lab</c> profile alone.</summary>
    public static Pseudonymizer InClear() => new Clear();

    /// <summary>Pseudonyms under the key of an epoch; the copy of it is cleared.</summary>
    /// <exception cref="EpochKeyException">There is no such key.</exception>
    public static Pseudonymizer UnderKeyOf(IEpochKeySource keys, uint epoch)
    {
        var key = keys.GetKey(epoch);
        try
        {
            return UnderKey(key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    /// <summary>Forgets the key.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);

    /// <summary>Pseudonyms under a 32-octet key.</summary>
    public static Pseudonymizer UnderKey(ReadOnlySpan<byte> key) => new Keyed(key);

    private sealed class Clear : Pseudonymizer
    {
        public override void Pseudonymize(Span<UInt128> subjects)
        {
        }

        public override IpKey Resolve(SubjectKey pseudonym) => new(pseudonym.Pseudonym);
    }

    private sealed class Keyed : Pseudonymizer
    {
        private readonly Aes _aes = Aes.Create();

        public Keyed(ReadOnlySpan<byte> key)
        {
            if (key.Length != 32)
            {
                throw new ArgumentException("An epoch key has 32 octets (AES-256).", nameof(key));
            }

            _aes.SetKey(key);
        }

        public override void Dispose()
        {
            _aes.Dispose();
            base.Dispose();
        }

        public override void Pseudonymize(Span<UInt128> subjects)
        {
            Swap(subjects);
            var octets = MemoryMarshal.AsBytes(subjects);
            _aes.EncryptEcb(octets, octets, PaddingMode.None);
            Swap(subjects);
        }

        public override IpKey Resolve(SubjectKey pseudonym)
        {
            var one = pseudonym.Pseudonym;
            var span = new Span<UInt128>(ref one);
            Swap(span);
            var octets = MemoryMarshal.AsBytes(span);
            _aes.DecryptEcb(octets, octets, PaddingMode.None);
            Swap(span);
            return new IpKey(one);
        }

        /// <summary>Between the machine's order and the network order that the permutation is defined on.</summary>
        private static void Swap(Span<UInt128> values)
        {
            if (BitConverter.IsLittleEndian)
            {
                BinaryPrimitives.ReverseEndianness(values, values);
            }
        }
    }
}
