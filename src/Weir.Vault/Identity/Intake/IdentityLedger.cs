// SPDX-License-Identifier: Apache-2.0
//
// The one place where sources tell and the store is made even: what a source told counts only after Commit. What could
// not be written stays to be written, so that nothing is answered that a crash would forget. One thread at a time, by a
// lock: sources wait for each other, askers (IdentityTable) wait for neither.
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Intake;

/// <summary>Table, sessions and store, kept even.</summary>
internal sealed class IdentityLedger : IDisposable
{
    private static readonly AddressLeaseChanges NoHoldings = new([], []);
    private static readonly SessionChanges NoSessions = new([], [], []);

    private readonly Lock _gate = new();
    private readonly IdentityStore? _store;
    private AddressLeaseChanges _holdings = NoHoldings;
    private SessionChanges _sessions = NoSessions;

    /// <summary>Begins with what the store kept; without a store all is in memory alone.</summary>
    public IdentityLedger(IdentityTable table, RadiusOptions terms, IdentityCounters counters, IdentityStore? store)
    {
        (Table, _store, Counters) = (table, store, counters);
        Sessions = new RadiusSessions(table, terms, counters.Radius);
        store?.Restore(table, Sessions);
    }

    public IdentityTable Table { get; }

    public RadiusSessions Sessions { get; }

    public IdentityCounters Counters { get; }

    /// <summary>Lets a source tell, then makes it durable.</summary>
    /// <exception cref="System.Data.Common.DbException">Not durable; a later commit tries again.</exception>
    public void Update(Action tell)
    {
        lock (_gate)
        {
            tell();
            Commit();
        }
    }

    /// <summary>Forgets what is older than the retention, on disk too; how many holdings.</summary>
    public int Expire()
    {
        lock (_gate)
        {
            var gone = Table.Expire();
            Sessions.Expire();
            Commit();
            _store?.Shrink(Table.CutoffMs);
            return gone;
        }
    }

    /// <summary>Sessions of an owner that have begun and not ended, their identification as it lies sealed. Walks over
    /// all sessions: for what people ask, not for what traffic does.</summary>
    public IReadOnlyList<(
        UInt128 Key, SubscriberLineName Line, IReadOnlyList<Prefix> Networks,
        byte[] Closed)> OpenSessions(SessionOwner owner)
    {
        lock (_gate)
        {
            return [.. Sessions.Open.Where(
                session => owner.Owns(session.Line, session.Holdings.Select(held => held.Space.Prefix)))
                .Select(session => (session.Key, session.Line, (IReadOnlyList<Prefix>)[
                    .. session.Holdings.Select(held => held.Space.Prefix)], session.Identification))];
        }
    }

    /// <summary>How far a followed file was read, or remembers it.</summary>
    public (long Inode, long Octets) PlaceOf(string source)
    {
        lock (_gate)
        {
            return _store?.PlaceOf(source) ?? default;
        }
    }

    public void SetPlace(string source, long inode, long octets)
    {
        lock (_gate)
        {
            _store?.SetPlace(source, inode, octets);
        }
    }

    public void Dispose() => _store?.Dispose();

    private void Commit()
    {
        var (holdings, sessions) = (Table.TakeChanges(), Sessions.TakeChanges());
        _holdings = _holdings.Changed.Count + _holdings.Gone.Count == 0
            ? holdings
            : new AddressLeaseChanges(
                [.. _holdings.Changed, .. holdings.Changed], [.. _holdings.Gone, .. holdings.Gone]);
        _sessions = _sessions.Changed.Count + _sessions.Gone.Count + _sessions.Restarts.Count == 0
            ? sessions
            : new SessionChanges([.. _sessions.Changed, .. sessions.Changed], [.. _sessions.Gone, .. sessions.Gone], [
                .. _sessions.Restarts, .. sessions.Restarts]);
        _store?.Write(_holdings, _sessions);
        (_holdings, _sessions) = (NoHoldings, NoSessions);
    }
}
