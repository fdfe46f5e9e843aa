// SPDX-License-Identifier: Apache-2.0
//
// The sessions that a line has now, for the garden. Nothing of them is opened before it is asked for.
using System.Threading.Channels;
using Weir.Wire;

namespace Weir.Vault.Identity.Radius;

/// <summary>A session as its NAS can find it.</summary>
/// <param name="Key">Names it here.</param>
/// <param name="Line">Whose it is.</param>
/// <param name="Networks">What it gives the line.</param>
/// <param name="Identification">Identification attributes as octets; empty where they cannot be opened any more.</param>
internal sealed record LineSession(UInt128 Key, LineName Line, IReadOnlyList<Prefix> Networks, byte[] Identification);

/// <summary>Whose sessions are meant: a line by name, or a static one by its block.</summary>
internal readonly record struct SessionOwner(LineName Line, Prefix Block)
{
    public bool Owns(LineName line, IEnumerable<Prefix> networks)
    {
        if (Line.Text is { Length: > 0 } own)
        {
            return line.Text == own;
        }

        foreach (var network in networks)
        {
            if (network.Length >= Block.Length ? Block.Contains(network.Network) : network.Contains(Block.Network))
            {
                return true;
            }
        }

        return false;
    }
}

/// <summary>Sessions that have begun and wait to be looked at. What finds no place is not lost: the reader learns that some were missed, and looks at all.</summary>
internal sealed class BegunSessions
{
    private const int Most = 1_024;

    private readonly Channel<LineSession> _waiting = Channel.CreateBounded<LineSession>(Most);
    private bool _missed;

    public void Add(LineSession session)
    {
        if (!_waiting.Writer.TryWrite(session))
        {
            Volatile.Write(ref _missed, true);
        }
    }

    public bool TryRead([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out LineSession session) => _waiting.Reader.TryRead(out session);

    /// <summary>Ends when there is something to read.</summary>
    public Task MoreAsync(CancellationToken cancel) => _waiting.Reader.WaitToReadAsync(cancel).AsTask();

    /// <summary>Whether some found no place since the last question.</summary>
    public bool TakeMissed() => Interlocked.Exchange(ref _missed, false);
}

/// <summary>What the garden asks of accounting. Safe for any thread.</summary>
internal interface ILineSessions
{
    /// <summary>Sessions of an owner that have begun and not ended.</summary>
    IReadOnlyList<LineSession> OpenOf(SessionOwner owner);

    /// <summary>From now on sessions that begin are told, where the predicate says so; it must be quick.</summary>
    BegunSessions Watch(Func<LineName, IReadOnlyList<Prefix>, bool> isWanted);
}

/// <summary>A vault that takes no accounting: nobody has a session.</summary>
internal sealed class NoLineSessions : ILineSessions
{
    public IReadOnlyList<LineSession> OpenOf(SessionOwner owner) => [];

    public BegunSessions Watch(Func<LineName, IReadOnlyList<Prefix>, bool> isWanted) => new();
}

/// <summary>Sessions out of the ledger.</summary>
internal sealed class LineSessions(IdentityLedger ledger, SessionSeal seal) : ILineSessions
{
    public IReadOnlyList<LineSession> OpenOf(SessionOwner owner)
    {
        var closed = ledger.OpenSessions(owner);
        return [.. closed.Select(Opened)];
    }

    public BegunSessions Watch(Func<LineName, IReadOnlyList<Prefix>, bool> isWanted)
    {
        var begun = new BegunSessions();
        ledger.Sessions.Begun = session =>
        {
            List<Prefix> networks = [.. session.Holdings.Select(held => held.Space.Prefix)];
            if (isWanted(session.Line, networks))
            {
                begun.Add(Opened((session.Key, session.Line, networks, session.Identification)));
            }
        };
        return begun;
    }

    private LineSession Opened((UInt128 Key, LineName Line, IReadOnlyList<Prefix> Networks, byte[] Closed) session) =>
        new(session.Key, session.Line, session.Networks, seal.Open(session.Key, session.Closed) ?? []);
}
