// SPDX-License-Identifier: Apache-2.0
//
// Who may approve, with their keys, as one immutable value. Two names never share a key or a user, so that two
// signatures are two people.
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Weir.Contracts.Ssh;

namespace Weir.Contracts.Approvals;

/// <summary>The people of a governance. Immutable.</summary>
public sealed class People
{
    private readonly Dictionary<SshPublicKey, Person> _byKey = [];
    private readonly Dictionary<string, Person> _byUser = new(StringComparer.Ordinal);

    /// <param name="instance">Which Weir.</param>
    /// <param name="all">Everybody.</param>
    /// <exception cref="ArgumentException">Two people share a name, a user or a key; the message names both.
    /// </exception>
    public People(string instance, IEnumerable<Person> all)
    {
        (Instance, All) = (instance, [.. all]);
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
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

            foreach (var key in person.Keys)
            {
                if (!_byKey.TryAdd(key, person))
                {
                    throw new ArgumentException(
                        $"{person.Name} has the key {key.Fingerprint}, which {_byKey[key].Name} has already: two "
                            + "people must be two keys");
                }
            }
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

    /// <summary>Who a user of the operating system is.</summary>
    public Person? FindUser(string user) => _byUser.GetValueOrDefault(user);
}

/// <summary>The people in force: one reference, which a reload replaces.</summary>
public sealed class CurrentPeople(People people)
{
    private People _people = people;

    public People Current => Volatile.Read(ref _people);

    /// <summary>From now on these.</summary>
    public void Use(People next) => Volatile.Write(ref _people, next);
}
