// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Store.Comparing.Statistics;
using Weir.Wire;

namespace Weir.Store.Comparing;

/// <summary>What the store counted for one family, and the tests on it: observed cases by permutation,
/// margins by stratum.</summary>
internal sealed class FamilyCounts
{
    private readonly Dictionary<Endpoint, StratumMargin[]> _margins = [];
    private readonly Dictionary<(Endpoint Key, int Observed), double> _p = [];
    private readonly ILookup<Endpoint, StratumCount> _byStratum;
    private readonly ILookup<ushort, LabelCount> _observed;
    private readonly long _size;
    private readonly ComparingOptions _options;

    public FamilyCounts(
        Stratum[] strata, IReadOnlyList<LabelCount> observed, IReadOnlyList<StratumCount> margins, long size,
        ComparingOptions options)
    {
        _size = size;
        _options = options;
        _observed = observed.OrderBy(o => o.Key, EndpointComparer.Instance).ToLookup(o => o.Permutation);
        _byStratum = margins.ToLookup(m => m.Key);
        foreach (var group in _byStratum)
        {
            _margins[group.Key] = [.. group.OrderBy(m => m.Stratum).Select(m => new StratumMargin(
                strata[m.Stratum].Cases + strata[m.Stratum].Controls, m.Subjects, strata[m.Stratum].Cases))];
        }

        Whole = new(strata.Sum(s => s.Cases + s.Controls), 0, strata.Sum(s => s.Cases));
    }

    /// <summary>The cohort as one stratum.</summary>
    public StratumMargin Whole { get; }

    public IEnumerable<LabelCount> Observed(int permutation) => _observed[(ushort)permutation];

    /// <summary>Subjects contacting an endpoint, by stratum.</summary>
    public Dictionary<ushort, int> MarginsByStratum(Endpoint key) =>
        _byStratum[key].ToDictionary(m => m.Stratum, m => m.Subjects);

    public double Expected(Endpoint key) => _margins[key].Sum(m => m.Expected);

    /// <summary>The stratified test of one set of labels: an endpoint whose IC025 is not above 0
    /// counts as p = 1.</summary>
    public double[] Stratified(IReadOnlyList<LabelCount> observed) => [.. observed.Select(o =>
    {
        var expected = Expected(o.Key);
        return Shrinkage.Compute(o.Subjects, expected).Ic025 > 0 ? P(o, expected) : 1;
    })];

    /// <summary>The same with all strata thrown together.</summary>
    public double[] Pooled(IReadOnlyList<LabelCount> observed) => [.. observed.Select(o =>
    {
        var margin = Whole with { Contacting = _margins[o.Key].Sum(m => m.Contacting) };
        return Shrinkage.Compute(o.Subjects, margin.Expected).Ic025 > 0 ? StratifiedTail.MidP([margin], o.Subjects) : 1;
    })];

    public double[] Adjust(double[] p) => FalseDiscovery.Adjust(p, _size, _options.Strict);

    public int Discoveries(int permutation) =>
        Adjust(Stratified([.. Observed(permutation)])).Count(q => q <= _options.Q);

    private double P(LabelCount observed, double expected)
    {
        if (!_p.TryGetValue((observed.Key, observed.Subjects), out var p))
        {
            p = PValue.Compute(_margins[observed.Key], observed.Subjects, expected, _options.Q);
            _p[(observed.Key, observed.Subjects)] = p;
        }

        return p;
    }
}

/// <summary>Endpoints by address, port, protocol, so that lists come out the same whatever
/// order rows came in.</summary>
internal sealed class EndpointComparer : IComparer<Endpoint>
{
    public static EndpointComparer Instance { get; } = new();

    public int Compare(Endpoint x, Endpoint y) =>
        x.Address.Bits != y.Address.Bits ? x.Address.Bits.CompareTo(y.Address.Bits)
        : x.Port != y.Port ? x.Port.CompareTo(y.Port)
        : x.Protocol.CompareTo(y.Protocol);
}
