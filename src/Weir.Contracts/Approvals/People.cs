// SPDX-License-Identifier: Apache-2.0
//
// Who may approve, with their keys, as one immutable value. Two names never share a key or a user, so that two
// signatures are two people.
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Weir.Contracts.Passkeys;
using Weir.Contracts.Ssh;

namespace Weir.Contracts.Approvals;

/// <summary>The people of a governance. Immutable.</summary>
public sealed class People
{
    private readonly Dictionary<SshPublicKey, Person> _byKey = [];
    private readonly Dictionary<string, Person> _byUser = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Person> _byOidc = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Person Person, Passkey Passkey)> _approving = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (Person Person, Passkey Passkey)> _signingIn = new(StringComparer.Ordinal);

    /// <param name="instance">Which Weir.</param>
    /// <param name="all">Everybody.</param>
    /// <exception cref="ArgumentException">Two people share a name, a user or a key, or passkeys for approving and for
    /// signing in share a host; the message names both.</exception>
    public People(string instance, IEnumerable<Person> all)
    {
        (Instance, All) = (instance, [.. all]);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var owners = new Dictionary<SshPublicKey, Person>();
        foreach (var person in All)
        {
            if (!names.Add(person.Name))
            {
                throw new ArgumentException($"{person.Name} stands there twice; a person has one name and one role");
            }

            if (!_byUser.TryAdd(person.User, person))
            {
                throw new ArgumentException(
                    $"{person.Name} and {_byUser[person.User].Name} are both the user {person.User}: two people must "
                        + "be two");
            }

            if (person.Oidc.Length > 0 && !_byOidc.TryAdd(person.Oidc, person))
            {
                throw new ArgumentException(
                    $"{person.Name} and {_byOidc[person.Oidc].Name} are both {person.Oidc} at the identity service: "
                        + "two people must be two");
            }

            foreach (var key in person.Keys)
            {
                Own(owners, person, key);
                _byKey[key] = person;
            }

            Add(owners, person, person.Passkeys, _approving);
            Add(owners, person, person.ConsolePasskeys, _signingIn);
        }

        if (_approving.Values.Select(one => one.Passkey.Host).Intersect(
            _signingIn.Values.Select(one => one.Passkey.Host)).FirstOrDefault() is { } both)
        {
            throw new ArgumentException(
                $"passkeys and console-passkeys are both for {both}: the vault's page has a host name of its own");
        }
    }

    private People(bool needsKeys) => (Instance, All, NeedsKeys) = ("", [], needsKeys);

    /// <summary>Nobody may approve anything: no governance is in force.</summary>
    public static People Nobody { get; } = new(needsKeys: true);

    /// <summary>Public or self-made data: users of the system stand for people, and nothing is signed.</summary>
    public static People Lab { get; } = new(needsKeys: false);

    /// <summary>Which Weir these are the people of.</summary>
    public string Instance { get; }

    public ImmutableArray<Person> All { get; }

    /// <summary>Whether two people are two keys; false in the lab alone.</summary>
    public bool NeedsKeys { get; } = true;

    /// <summary>Whose key it is.</summary>
    public bool TryFind(SshPublicKey key, [NotNullWhen(true)] out Person? person) =>
        _byKey.TryGetValue(key, out person);

    /// <summary>Whose passkey for approving it is.</summary>
    /// <param name="credential">Its identifier, base64url.</param>
    /// <param name="found">Who, and the passkey.</param>
    public bool TryFindPasskey(string credential, out (Person Person, Passkey Passkey) found) =>
        _approving.TryGetValue(credential, out found);

    /// <summary>Whose passkey for signing in at the console it is.</summary>
    /// <inheritdoc cref="TryFindPasskey"/>
    public bool TryFindConsolePasskey(string credential, out (Person Person, Passkey Passkey) found) =>
        _signingIn.TryGetValue(credential, out found);

    /// <summary>Who somebody is whom the provider's identity service knows.</summary>
    public Person? FindOidc(string said) => _byOidc.GetValueOrDefault(said);

    /// <summary>Who a user of the operating system is.</summary>
    public Person? FindUser(string user) => _byUser.GetValueOrDefault(user);

    private static void Own(Dictionary<SshPublicKey, Person> owners, Person person, SshPublicKey key)
    {
        if (!owners.TryAdd(key, person))
        {
            throw new ArgumentException(
                $"{person.Name} has the key {key.Fingerprint}, which {owners[key].Name} has already: two "
                    + "people must be two keys");
        }
    }

    private void Add(
        Dictionary<SshPublicKey, Person> owners, Person person, ImmutableArray<Passkey> passkeys,
        Dictionary<string, (Person Person, Passkey Passkey)> to)
    {
        foreach (var passkey in passkeys)
        {
            Own(owners, person, passkey.Key);
            if (_approving.ContainsKey(passkey.Credential) || !to.TryAdd(passkey.Credential, (person, passkey)))
            {
                throw new ArgumentException(
                    $"{person.Name} has the passkey {passkey.Credential}, which stands there twice");
            }
        }
    }
}

/// <summary>The people in force: one reference, which a reload replaces.</summary>
public sealed class CurrentPeople(People people)
{
    private People _people = people;

    public People Current => Volatile.Read(ref _people);

    /// <summary>From now on these.</summary>
    public void Use(People next) => Volatile.Write(ref _people, next);
}
