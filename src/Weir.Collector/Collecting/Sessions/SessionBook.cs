// SPDX-License-Identifier: Apache-2.0
using Microsoft.AspNetCore.Connections;
using Weir.Collector.Collecting.Admitting;
using Weir.Wire;

namespace Weir.Collector.Collecting.Sessions;

/// <summary>The connections that are open: who may have one, how many, and how long one may keep us waiting. For any
/// thread.</summary>
/// <param name="options">How many.</param>
/// <param name="known">Whose.</param>
/// <param name="time">Our clock.</param>
internal sealed class SessionBook(SessionOptions options, KnownExporters known, TimeProvider time)
{
    /// <summary>One that was silent for so long gives its place to another of its exporter.</summary>
    private static readonly TimeSpan GivesPlace = TimeSpan.FromMinutes(1);

    private const string Stopped = "stopped";

    private readonly Lock _gate = new();
    private readonly Dictionary<ushort, Session> _open = [];
    private ushort _last;
    private bool _isOver;
    private int _version = known.Version;

    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Opens one.</summary>
    /// <param name="exporter">Who comes.</param>
    /// <param name="connection">By what.</param>
    /// <param name="counts">Of the listener.</param>
    /// <param name="refused">Why not; null where it is open.</param>
    public Session? TryOpen(IpKey exporter, ConnectionContext connection, SessionCounts counts, out string? refused)
    {
        lock (_gate)
        {
            // Asked in here: whoever is named no more is either refused, or open when it is judged.
            refused = _isOver ? Stopped
                : known.AdmitSession(exporter, counts.Transport, time.GetUtcNow().ToUnixTimeMilliseconds()) is { } fault
                    ? KnownExporters.ToName(fault)
                : null;
            if (refused is not null)
            {
                return null;
            }

            var own = _open.Values.Where(one => one.Exporter == exporter).ToList();
            if (own.Count(one => one.Why is null) >= options.PerExporter)
            {
                var silent = own.Where(one => one.Why is null).MaxBy(one => one.Silence)!;
                if (silent.Silence < GivesPlace)
                {
                    refused = "too-many";
                    return null;
                }

                silent.Cut("replaced");
            }

            // One that was cut gives its place at once, and not when its end is through.
            if (_open.Values.Count(one => one.Why is null) >= options.Connections)
            {
                refused = "full";
                return null;
            }

            var session = new Session(NextId(), exporter, connection, counts, time);
            _open.Add(session.Id, session);
            return session;
        }
    }

    public void Close(Session session)
    {
        lock (_gate)
        {
            _ = _open.Remove(session.Id);
        }
    }

    /// <summary>One was refused for what it showed.</summary>
    public void NoteRefused(Session session, string why) => known.CountShown(
        session.Exporter, why, session.KeyPrint ?? "", time.GetUtcNow().ToUnixTimeMilliseconds());

    /// <summary>Whether a key is named for an exporter.</summary>
    public bool HasKey(IpKey exporter, string keyPrint) => known.HasKey(exporter, keyPrint);

    /// <summary>Cuts those that keep us waiting, and those whose exporter or key is named no more.</summary>
    public void Judge()
    {
        List<Session> all;
        bool isOther;
        lock (_gate)
        {
            var version = known.Version;
            (all, isOther, _version) = ([.. _open.Values], version != _version, version);
        }

        foreach (var session in all)
        {
            session.Judge(options);
            if (isOther && !(known.TakesSession(session.Exporter, session.Counts.Transport)
                && (session.KeyPrint is not { } print || HasKey(session.Exporter, print))))
            {
                session.Cut("unlisted");
            }
        }
    }

    /// <summary>Cuts all, and opens none any more.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            _isOver = true;
            foreach (var session in _open.Values)
            {
                session.Cut(Stopped);
            }
        }
    }

    /// <summary>A number that no open one has, and none had lately.</summary>
    private ushort NextId()
    {
        do
        {
            _last = _last == ushort.MaxValue ? (ushort)1 : (ushort)(_last + 1);
        }
        while (_open.ContainsKey(_last));
        return _last;
    }
}
