// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Scopes;

namespace Weir.Collector.Scopes;

/// <summary>The scopes that are watched, by number and by subject. Not for several threads but for the
/// counts.</summary>
internal sealed class HeldScopes
{
    private readonly Dictionary<ScopeId, HeldScope> _byId = [];
    private readonly Dictionary<SubjectKey, HashSet<ScopeId>> _bySubject = [];
    private int _provisional;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public int Provisional => Volatile.Read(ref _provisional);

    public IReadOnlyCollection<HeldScope> All => _byId.Values;

    public HeldScope? Find(ScopeId scope) => _byId.GetValueOrDefault(scope);

    /// <summary>A subject's scopes that events opened.</summary>
    public IEnumerable<HeldScope> OfEvents(SubjectKey subject) =>
        _bySubject.TryGetValue(subject, out var scopes)
            ? scopes.Select(scope => _byId[scope]).Where(held => held.Events is not null) : [];

    public void Put(HeldScope held)
    {
        Remove(held.Order.Id);
        _byId.Add(held.Order.Id, held);
        if (!_bySubject.TryGetValue(held.Order.Subject, out var scopes))
        {
            _bySubject[held.Order.Subject] = scopes = [];
        }

        scopes.Add(held.Order.Id);
        Recount(held, 1);
    }

    public void Remove(ScopeId scope)
    {
        if (!_byId.Remove(scope, out var held))
        {
            return;
        }

        var scopes = _bySubject[held.Order.Subject];
        scopes.Remove(scope);
        if (scopes.Count == 0)
        {
            _bySubject.Remove(held.Order.Subject);
        }

        Recount(held, -1);
    }

    private void Recount(HeldScope held, int by)
    {
        Volatile.Write(ref _count, _byId.Count);
        Volatile.Write(ref _provisional, _provisional + (held.IsProvisional ? by : 0));
    }
}
