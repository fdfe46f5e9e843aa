// SPDX-License-Identifier: Apache-2.0
//
// Accounting requests become holdings. A holding's times are the least and the greatest that its session's requests
// say, so late, repeated and reordered requests end in the same table. A session that is not heard of any more is
// presumed for twice its rhythm; a NAS that restarts ends all that were heard before.
//
// RADIUS times are whole seconds: a holding reaches to the end of the last second it was heard in, so that two lines
// that change hands within one second cannot be mixed up: that second is nobody's.
//
// Standards: RFC 2866 §2, §4.1, §5; RFC 2869 §2.1.
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>What became of a request.</summary>
internal enum AccountingOutcome : byte
{
    /// <summary>The tables or the session changed.</summary>
    Applied,

    /// <summary>It told nothing that was not known already: older than the session, or the same again.</summary>
    Stale,

    /// <summary>Before the retention.</summary>
    TooOld,

    /// <summary>No place left.</summary>
    Refused,
}

/// <summary>The state of accounting sessions. One thread.</summary>
internal sealed class RadiusSessions(IdentityTable table, RadiusOptions terms, RadiusCounters counters)
{
    private const long SecondMs = 1_000;
    private const long DayMs = 86_400_000;

    /// <summary>A Start that differs by no more from the one known is the same, told again.</summary>
    private const long SameStartMs = 5 * SecondMs;
    private const int MaxRestarts = 64;

    private readonly Dictionary<UInt128, RadiusSession> _sessions = [];
    private readonly Dictionary<UInt128, SortedSet<long>> _restarts = [];
    private readonly List<RadiusSession> _dirty = [];
    private readonly List<UInt128> _gone = [];
    private readonly List<(UInt128 Nas, long AtMs)> _newRestarts = [];

    public int Count => _sessions.Count;

    /// <summary>Hears of every session that begins; under the ledger's lock, so it must be quick.</summary>
    public Action<RadiusSession>? Begun { get; set; }

    /// <summary>Sessions that have begun and not ended.</summary>
    public IEnumerable<RadiusSession> Open =>
        _sessions.Values.Where(session => session.StopMs == 0 && session.Identification.Length > 0 && IsHeld(session));

    public AccountingOutcome Apply(AccountingRequest request, long arrivedAtMs)
    {
        var at = MomentOf(request, arrivedAtMs);
        if (at < table.CutoffMs)
        {
            return AccountingOutcome.TooOld;
        }

        return table.Change(() => request.Status is AccountingStatus.On or AccountingStatus.Off
            ? Restart(request.Nas, at)
            : ApplyToSession(request, at));
    }

    /// <summary>Forgets sessions that were not heard of within the retention.</summary>
    public void Expire()
    {
        var cutoff = table.CutoffMs;
        foreach (var session in _sessions.Values.Where(s => s.LastMs < cutoff))
        {
            _sessions.Remove(session.Key);
            _gone.Add(session.Key);
        }

        foreach (var (nas, restarts) in _restarts)
        {
            restarts.RemoveWhere(r => r < cutoff);
            if (restarts.Count == 0)
            {
                _restarts.Remove(nas);
            }
        }
    }

    public SessionChanges TakeChanges()
    {
        var changes = new SessionChanges([.. _dirty], [.. _gone], [.. _newRestarts]);
        _dirty.ForEach(s => s.IsDirty = false);
        _dirty.Clear();
        _gone.Clear();
        _newRestarts.Clear();
        return changes;
    }

    public void Restore(RadiusSession session) => _sessions[session.Key] = session;

    public void Restore(UInt128 nas, long restartMs) => Restarts(nas).Add(restartMs);

    private long MomentOf(AccountingRequest request, long arrivedAtMs)
    {
        var told = request.EventSeconds * SecondMs;
        if (told != 0)
        {
            if (Math.Abs(told - arrivedAtMs) <= DayMs)
            {
                return told;
            }

            counters.ClockRefused++;
        }

        var delay = request.DelaySeconds * SecondMs;
        if (delay > DayMs)
        {
            counters.ClockRefused++;
            delay = 0;
        }

        var moment = arrivedAtMs - delay;
        return moment - (moment % SecondMs);
    }

    private AccountingOutcome ApplyToSession(AccountingRequest request, long at)
    {
        var session = _sessions.GetValueOrDefault(request.Session);
        if (session is not null && BeginsAnew(session, request, at))
        {
            session = null;
        }
        else if (session is not null && IsStale(session, request, at))
        {
            return AccountingOutcome.Stale;
        }

        var fresh = session is null;
        session ??= OpenSession(request, at);
        if (session is null)
        {
            return AccountingOutcome.Refused;
        }

        if (request.Networks.Count == 0 && session.Holdings.Count == 0)
        {
            counters.WithoutAddress++;
        }

        // A holding may have grown too old while its session was silent.
        session.Holdings.RemoveAll(h => !table.TryGet(h.Held, out _, out _));
        var (changed, known) = (Learn(session, request, at) | fresh, session.Holdings.Count);
        foreach (var space in request.Networks.Select(network => AddressKey.From(network, IdentitySource.Radius)))
        {
            if (!session.Holdings.Exists(h => h.Space == space) && !Begin(session, request, space, at))
            {
                return AccountingOutcome.Refused;
            }
        }

        changed |= session.Holdings.Count > known;

        foreach (var (space, held) in session.Holdings)
        {
            changed |= Extend(session, request, space, held, at);
        }

        if (!changed)
        {
            return AccountingOutcome.Stale;
        }

        Identify(session, request, fresh || session.Holdings.Count > known);
        MarkDirty(session);
        if (fresh && session.StopMs == 0)
        {
            Begun?.Invoke(session);
        }

        return AccountingOutcome.Applied;
    }

    /// <summary>A Start by which the NAS uses the number of a session for another one.</summary>
    private static bool BeginsAnew(RadiusSession session, AccountingRequest request, long at) =>
        request.Status == AccountingStatus.Start && session.StartDigest != request.Digest
        && ((session.StopMs != 0 && at > session.StopMs + SecondMs)
            || (session.StartMs != 0 && at > session.StartMs + SameStartMs));

    /// <summary>The same Start again, or of a time at which the session was not.</summary>
    private static bool IsStale(RadiusSession session, AccountingRequest request, long at) =>
        (request.Status == AccountingStatus.Start && session.StartDigest == request.Digest)
        || (session.StartMs != 0 && at < session.StartMs - SameStartMs)
        || (session.StopMs != 0 && at > session.StopMs + SecondMs);

    /// <summary>A new session, in place of one that had its number; null where there is no room.</summary>
    private RadiusSession? OpenSession(AccountingRequest request, long at)
    {
        if (_sessions.Count >= terms.MaxSessions && !_sessions.ContainsKey(request.Session))
        {
            return null;
        }

        var session = new RadiusSession
        {
            Key = request.Session,
            Nas = request.Nas,
            Line = request.Line,
            FirstMs = at,
            LastMs = at,
        };
        _sessions[request.Session] = session;
        return session;
    }

    /// <summary>Takes what the request says of the session itself.</summary>
    private bool Learn(RadiusSession session, AccountingRequest request, long at)
    {
        var changed = false;
        if (request.Status == AccountingStatus.Start && session.StartMs == 0)
        {
            (session.StartMs, session.StartDigest, changed) = (at, request.Digest, true);
        }

        if (request.Status == AccountingStatus.Stop && session.StopMs == 0)
        {
            (session.StopMs, changed) = (at, true);
        }

        if (request.Status == AccountingStatus.Interim)
        {
            var rhythm = request.InterimSeconds > 0 ? request.InterimSeconds * SecondMs
                : terms.InterimInterval == TimeSpan.Zero && at > session.LastMs ? at - session.LastMs : 0;
            if (rhythm > session.RhythmMs)
            {
                (session.RhythmMs, changed) = (rhythm, true);
            }
        }

        if (at > session.LastMs)
        {
            (session.LastMs, changed) = (at, true);
        }

        if (at < session.FirstMs)
        {
            (session.FirstMs, changed) = (at, true);
        }

        return changed;
    }

    /// <summary>Keeps what the NAS needs to find the session again, as long as there is something to find.</summary>
    private void Identify(RadiusSession session, AccountingRequest request, bool isNew)
    {
        if (session.StopMs != 0)
        {
            session.Identification = [];
        }
        else if (terms.Identifications is { } seal && request.Identification.Length > 0
            && (isNew || session.Identification.Length == 0))
        {
            session.Identification = seal.Close(session.Key, request.Identification);
        }
    }

    /// <summary>Whether it may still go on: a restart of its NAS, or silence, ends it as a stop does.</summary>
    private bool IsHeld(RadiusSession session)
    {
        var now = table.NowMs;
        return session.Holdings.Count == 0
            || session.Holdings.Exists(held => table.TryGet(held.Held, out var span, out _) && span.End > now);
    }

    private bool Begin(RadiusSession session, AccountingRequest request, AddressKey space, long at)
    {
        var told = new LeaseValidity(BeginOf(request, at), at, at + SecondMs, 0, 0);
        var held = table.Hold(space, session.Line, SpanOf(session, told), IsEnded(session, in told));
        if (held == AddressLeaseRef.None)
        {
            return false;
        }

        session.Holdings.Add((space, held));
        return true;
    }

    /// <summary>A request without any network speaks for all of the session's; one with networks for
    /// those it names.</summary>
    private bool Extend(
        RadiusSession session, AccountingRequest request, AddressKey space, AddressLeaseRef held, long at)
    {
        if (!table.TryGet(held, out var span, out _))
        {
            return false;
        }

        if (request.Networks.Count == 0 || request.Networks.Contains(space.Prefix))
        {
            span = span with
            {
                Begin = Math.Min(span.Begin, BeginOf(request, at)),
                Sure = Math.Min(span.Sure, at),
                Heard = Math.Max(span.Heard, at + SecondMs),
            };
        }

        return table.Set(held, SpanOf(session, span), IsEnded(session, in span));
    }

    private static long BeginOf(AccountingRequest request, long at) =>
        request.Status == AccountingStatus.Start || request.SessionSeconds < 0
            ? at
            : at - Math.Min(request.SessionSeconds * SecondMs, 7 * DayMs);

    /// <summary>Where a holding ends: at the Stop, at the restart of its NAS, or when it has been
    /// silent for too long.</summary>
    private LeaseValidity SpanOf(RadiusSession session, LeaseValidity span)
    {
        if (session.StopMs != 0)
        {
            return span with { Promise = span.Heard, End = Math.Max(span.Heard, session.StopMs + SecondMs) };
        }

        var rhythm = Math.Max(session.RhythmMs, (long)terms.InterimInterval.TotalMilliseconds);
        var end = span.Heard + (rhythm > 0 ? 2 * rhythm : table.RetentionMs);
        var restart = RestartAfter(session, in span);
        return span with
        {
            Promise = span.Heard,
            End = restart == 0 ? end : Math.Max(span.Heard, Math.Min(end, restart))
        };
    }

    /// <summary>Whether the end is known, so that nothing can be said of the time after it.</summary>
    private bool IsEnded(RadiusSession session, in LeaseValidity span) =>
        session.StopMs != 0 || RestartAfter(session, in span) != 0;

    /// <summary>When the NAS restarted next after a holding was last heard; 0 where it did not.</summary>
    private long RestartAfter(RadiusSession session, in LeaseValidity span)
    {
        if (!_restarts.TryGetValue(session.Nas, out var restarts))
        {
            return 0;
        }

        var next = restarts.GetViewBetween(span.Heard - SecondMs, long.MaxValue);
        return next.Count > 0 ? next.Min : 0;
    }

    private AccountingOutcome Restart(UInt128 nas, long at)
    {
        var restarts = Restarts(nas);
        if (!restarts.Add(at))
        {
            return AccountingOutcome.Stale;
        }

        if (restarts.Count > MaxRestarts)
        {
            restarts.Remove(restarts.Min);
        }

        _newRestarts.Add((nas, at));
        foreach (var session in _sessions.Values)
        {
            if (session.Nas != nas || session.StopMs != 0)
            {
                continue;
            }

            foreach (var (_, held) in session.Holdings)
            {
                if (table.TryGet(held, out var span, out _))
                {
                    _ = table.Set(held, SpanOf(session, span), IsEnded(session, in span));
                }
            }
        }

        return AccountingOutcome.Applied;
    }

    private SortedSet<long> Restarts(UInt128 nas) =>
        _restarts.TryGetValue(nas, out var known) ? known : _restarts[nas] = [];

    private void MarkDirty(RadiusSession session)
    {
        if (!session.IsDirty)
        {
            session.IsDirty = true;
            _dirty.Add(session);
        }
    }
}
