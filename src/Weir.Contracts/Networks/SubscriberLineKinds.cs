// SPDX-License-Identifier: Apache-2.0
//
// One octet on every pair says what kind of line a subject has: a code for access type and network group together. The
// comparison's strata use the access alone, since strata cut too finely cost power (statistics.md B.4, B.6); the group
// is for the fixed reports of the population plane (rules.md R11). A code comes from the words themselves, not from
// their order: pairs that lie in the store keep their meaning when networks are put in another order, added or removed.
using System.Security.Cryptography;
using System.Text;

namespace Weir.Contracts.Networks;

/// <summary>Access type and group of a network; empty where the configuration names none.</summary>
public readonly record struct SubscriberLineKind(string Access, string Group);

/// <summary>Codes of the kinds of line, from 1; 0 = nothing named. Only kinds whose words fall on one code, about one
/// pair of kinds in 255, move each other.</summary>
public sealed class SubscriberLineKinds
{
    /// <summary>Kinds that a code of one octet can tell apart.</summary>
    public const int MaxKinds = byte.MaxValue;

    private static readonly SubscriberLineKind Nothing = new("", "");

    /// <summary>Nothing named: a code is taken for the access type itself.</summary>
    public static readonly SubscriberLineKinds None = new([]); // behind what its constructor reads

    /// <summary>By code; empty words where no network has it.</summary>
    private readonly SubscriberLineKind[] _kinds = new SubscriberLineKind[MaxKinds + 1];
    private readonly List<string> _accesses;
    private readonly bool _named;

    /// <param name="kinds">Kinds as the networks name them.</param>
    /// <exception cref="ArgumentException">More kinds than <see cref="MaxKinds"/>.</exception>
    public SubscriberLineKinds(IEnumerable<SubscriberLineKind> kinds)
    {
        SubscriberLineKind[] named = [.. kinds];
        NamesEveryGroup = named.Length > 0 && Array.TrueForAll(named, k => k.Group.Length > 0);
        SubscriberLineKind[] kindsNamed = [.. named.Where(k => k.Access.Length > 0 || k.Group.Length > 0).Distinct()];
        if (kindsNamed.Length > MaxKinds)
        {
            throw new ArgumentException(
                $"The networks name {kindsNamed.Length} pairs of access type and group, and a pair's octet tells "
                    + $"{MaxKinds} apart; give some networks the same access and group (attributing.networks).",
                nameof(kinds));
        }

        Array.Fill(_kinds, Nothing);
        foreach (var kind in kindsNamed.OrderBy(k => k.Access, StringComparer.Ordinal)
            .ThenBy(k => k.Group, StringComparer.Ordinal))
        {
            var code = FirstCode(kind);
            while (_kinds[code] != Nothing)
            {
                code = code == MaxKinds ? 1 : code + 1;
            }

            _kinds[code] = kind;
        }

        _named = kindsNamed.Length > 0;
        _accesses = [.. kindsNamed.Select(k => k.Access).Where(a => a.Length > 0).Distinct()];
        Groups = [.. kindsNamed.Select(k => k.Group).Where(g => g.Length > 0).Distinct()];
    }

    /// <summary>Groups in the order of mention.</summary>
    public IReadOnlyList<string> Groups { get; }

    /// <summary>No network is without a group.</summary>
    public bool NamesEveryGroup { get; }

    /// <summary>The code of a kind; 0 for one that no network has.</summary>
    public byte CodeOf(string access, string group) =>
        access.Length + group.Length == 0 ? (byte)0 : (byte)Math.Max(0, Array.IndexOf(_kinds, new(access, group)));

    /// <summary>The kind of a code; both words empty for 0 and for a code that no network has any more.</summary>
    public SubscriberLineKind this[byte code] => _kinds[code];

    /// <summary>The stratum of the comparison: access types numbered from 1, 0 = not told apart.</summary>
    public byte AccessOf(byte code) => !_named ? code : (byte)(_accesses.IndexOf(this[code].Access) + 1);

    private static int FirstCode(SubscriberLineKind kind) =>
        1 + (BitConverter.ToUInt16(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind.Access}\0{kind.Group}"))) % MaxKinds);
}
