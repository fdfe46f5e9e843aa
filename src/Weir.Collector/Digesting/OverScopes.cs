// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;

namespace Weir.Collector.Digesting;

/// <summary>Scopes that are watched no longer, and how far they were: one that is ordered again, because the desk was
/// away meanwhile, goes on there, and no flow is written twice. Holds no subject. Bounded; the oldest make way.</summary>
internal sealed class OverScopes(int most = OverScopes.Most)
{
    private const int Most = 65_536;

    private readonly Dictionary<ScopeId, OverScope> _scopes = [];
    private readonly Queue<ScopeId> _order = [];

    public void Add(ScopeWatch watch, Task<long> since)
    {
        var before = Find(watch);
        if (!_scopes.ContainsKey(watch.Scope))
        {
            _order.Enqueue(watch.Scope);
        }

        _scopes[watch.Scope] = new(
            watch.Class, watch.FromMs, Math.Max(watch.UntilMs, before?.UntilMs ?? watch.UntilMs), since);
        while (_scopes.Count > most && _order.TryDequeue(out var oldest))
        {
            _ = _scopes.Remove(oldest);
        }
    }

    /// <summary>How far a scope was watched; null where it never was, or as another.</summary>
    public OverScope? Find(ScopeWatch watch) =>
        _scopes.TryGetValue(watch.Scope, out var over) && over.FromMs == watch.FromMs && over.Class.Equals(watch.Class)
            ? over : null;
}

/// <summary>How far a scope was watched.</summary>
/// <param name="Class">Its class.</param>
/// <param name="FromMs">Its begin.</param>
/// <param name="UntilMs">Its end.</param>
/// <param name="Since">From when on its evidence is whole.</param>
internal sealed record OverScope(FlowPredicate Class, long FromMs, long UntilMs, Task<long> Since);
