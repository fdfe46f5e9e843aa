// SPDX-License-Identifier: Apache-2.0
//
// Whose word counts: the keys of each holder and the types each role may sign. A ring is immutable; a change of keys
// makes the next one.
using System.Collections.Frozen;

namespace Weir.Contracts.Signing;

/// <summary>Verifies envelopes. Safe for any thread; no input or output, no clock.</summary>
public sealed class PublicKeyRing
{
    private readonly FrozenDictionary<KeyId, (KeyHolder Holder, PublicKey Key)> _keys;
    private readonly FrozenDictionary<string, EnvelopeKind> _kinds;

    /// <param name="kinds">What may be signed; each type once.</param>
    /// <param name="keys">A holder may have several keys, while one replaces another; a key has one holder.</param>
    /// <exception cref="ArgumentException">A type or a key is given twice, or a type has no role, or is
    /// none.</exception>
    public PublicKeyRing(IEnumerable<EnvelopeKind> kinds, IEnumerable<(KeyHolder Holder, PublicKey Key)> keys)
    {
        var types = new Dictionary<string, EnvelopeKind>();
        foreach (var kind in kinds)
        {
            if (!Envelope.IsType(kind.Type) || kind.Roles.IsDefaultOrEmpty || !types.TryAdd(kind.Type, kind))
            {
                throw new ArgumentException($"type '{kind.Type}' is given twice, has no role or is none",
                    nameof(kinds));
            }
        }

        var byId = new Dictionary<KeyId, (KeyHolder Holder, PublicKey Key)>();
        foreach (var (holder, key) in keys)
        {
            if (!byId.TryAdd(key.Id, (holder, key)))
            {
                throw new ArgumentException(
                    $"key {key.Id} is given to {byId[key.Id].Holder} and to {holder}; each makes a key of its own",
                    nameof(keys));
            }
        }

        _kinds = types.ToFrozenDictionary();
        _keys = byId.ToFrozenDictionary();
    }

    /// <summary>Number of keys.</summary>
    public int Count => _keys.Count;

    /// <summary>The same types with other keys.</summary>
    /// <exception cref="ArgumentException">A key is given twice.</exception>
    public PublicKeyRing With(IEnumerable<(KeyHolder Holder, PublicKey Key)> keys) => new(_kinds.Values, keys);

    /// <summary>Says who signed an envelope, or why it is not believed. Never throws.</summary>
    public Verification Verify(Envelope envelope)
    {
        if (!_kinds.TryGetValue(envelope.Type, out var kind))
        {
            return new(EnvelopeFault.UnknownType, null);
        }

        if (envelope.Version > kind.NewestVersion)
        {
            return new(EnvelopeFault.FutureSchema, null);
        }

        if (envelope.Payload.Length > kind.MaxOctets)
        {
            return new(EnvelopeFault.TooLarge, null);
        }

        if (!_keys.TryGetValue(envelope.Key, out var known))
        {
            return new(EnvelopeFault.UnknownKey, null);
        }

        if (!known.Key.Verifies(envelope.SignedOctets(), envelope.Signature))
        {
            return new(EnvelopeFault.BadSignature, null);
        }

        return new(kind.Roles.Contains(known.Holder.Role) ? EnvelopeFault.None : EnvelopeFault.WrongRole, known.Holder);
    }

    /// <summary>Verifies, and refuses every type but one: for a reader of that type.</summary>
    public Verification Verify(Envelope envelope, string type) =>
        envelope.Type == type ? Verify(envelope) : new(EnvelopeFault.UnknownType, null);
}
