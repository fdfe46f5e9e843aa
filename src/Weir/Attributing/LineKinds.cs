// SPDX-License-Identifier: Apache-2.0
//
// One octet on every pair says what kind of line a subject has: a code for access type and network group together. The
// comparison's strata use the access alone, since strata cut too finely cost power (statistics.md B.4, B.6); the group is
// for the fixed reports of the population plane (rules.md R11).
namespace Weir.Attributing;

/// <summary>Access type and group of a network; empty where the configuration names none.</summary>
public readonly record struct LineKind(string Access, string Group);

/// <summary>Codes of the kinds of line, in the order of mention from 1; 0 = nothing named.</summary>
public sealed class LineKinds
{
    /// <summary>Kinds that a code of one octet can tell apart.</summary>
    public const int Most = byte.MaxValue;

    /// <summary>Nothing named: a code is taken for the access type itself.</summary>
    public static readonly LineKinds None = new([]);

    private readonly LineKind[] _kinds;
    private readonly List<string> _accesses;

    /// <param name="kinds">Kinds as the networks name them.</param>
    /// <exception cref="ArgumentException">More kinds than <see cref="Most"/>.</exception>
    public LineKinds(IEnumerable<LineKind> kinds)
    {
        LineKind[] named = [.. kinds];
        NamesEveryGroup = named.Length > 0 && Array.TrueForAll(named, k => k.Group.Length > 0);
        _kinds = [.. named.Where(k => k.Access.Length > 0 || k.Group.Length > 0).Distinct()];
        if (_kinds.Length > Most)
        {
            throw new ArgumentException($"The networks name {_kinds.Length} pairs of access type and group, and a pair's octet tells {Most} apart; give some networks the same access and group (attributing.networks).", nameof(kinds));
        }

        _accesses = [.. _kinds.Select(k => k.Access).Where(a => a.Length > 0).Distinct()];
        Groups = [.. _kinds.Select(k => k.Group).Where(g => g.Length > 0).Distinct()];
    }

    /// <summary>Groups in the order of mention.</summary>
    public IReadOnlyList<string> Groups { get; }

    /// <summary>No network is without a group.</summary>
    public bool NamesEveryGroup { get; }

    /// <summary>The code of a kind; 0 for one that no network has.</summary>
    public byte CodeOf(string access, string group) => (byte)(Array.IndexOf(_kinds, new(access, group)) + 1);

    /// <summary>The kind of a code; both words empty for 0 and for a code that no network has any more.</summary>
    public LineKind this[byte code] => code == 0 || code > _kinds.Length ? new("", "") : _kinds[code - 1];

    /// <summary>The stratum of the comparison: access types numbered in the order of mention from 1, 0 = not told apart.</summary>
    public byte AccessOf(byte code) => _kinds.Length == 0 ? code : (byte)(_accesses.IndexOf(this[code].Access) + 1);
}
