// SPDX-License-Identifier: Apache-2.0
//
// The sessions that a line has now, for the garden. Nothing of them is opened before it is asked for.
using System.Threading.Channels;
using Weir.Vault.Identity.Radius;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Intake;

/// <summary>A session as its NAS can find it.</summary>
/// <param name="Key">Names it here.</param>
/// <param name="Line">Whose it is.</param>
/// <param name="Networks">What it gives the line.</param>
/// <param name="Identification">Identification attributes as octets; empty where they cannot be
/// opened any more.</param>
internal sealed record SubscriberSession(
    UInt128 Key, SubscriberLineName Line, IReadOnlyList<Prefix> Networks, byte[] Identification);

/// <summary>Whose sessions are meant: a line by name, or a static one by its block.</summary>
internal readonly record struct SessionOwner(SubscriberLineName Line, Prefix Block)
{
    public bool Owns(SubscriberLineName line, IEnumerable<Prefix> networks)
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

/// <summary>Sessions that have begun and wait to be looked at. What finds no place is not lost: the reader learns that
/// some were missed, and looks at all.</summary>
internal sealed class StartedSessions
{
    private const int MaxWaiting = 1_024;

    private readonly Channel<SubscriberSession> _waiting = Channel.CreateBounded<SubscriberSession>(MaxWaiting);
    private bool _missed;

    public void Add(SubscriberSession session)
    {
        if (!_waiting.Writer.TryWrite(session))
        {
            Volatile.Write(ref _missed, true);
        }
    }

    public bool TryRead([System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out SubscriberSession session) =>
        _waiting.Reader.TryRead(out session);

    /// <summary>Ends when there is something to read.</summary>
    public Task MoreAsync(CancellationToken cancel) => _waiting.Reader.WaitToReadAsync(cancel).AsTask();

    /// <summary>Whether some found no place since the last question.</summary>
    public bool TakeMissed() => Interlocked.Exchange(ref _missed, false);
}

/// <summary>What the garden asks of accounting. Safe for any thread.</summary>
internal interface ISubscriberSessions
{
    /// <summary>Sessions of an owner that have begun and not ended.</summary>
    IReadOnlyList<SubscriberSession> OpenOf(SessionOwner owner);

    /// <summary>From now on sessions that begin are told, where the predicate says so; it must be quick.</summary>
    StartedSessions Watch(Func<SubscriberLineName, IReadOnlyList<Prefix>, bool> isWanted);
}

/// <summary>A vault that takes no accounting: nobody has a session.</summary>
internal sealed class NoSubscriberSessions : ISubscriberSessions
{
    public IReadOnlyList<SubscriberSession> OpenOf(SessionOwner owner) => [];

    public StartedSessions Watch(Func<SubscriberLineName, IReadOnlyList<Prefix>, bool> isWanted) => new();
}

/// <summary>Sessions out of the ledger.</summary>
internal sealed class SubscriberSessions(IdentityLedger ledger, SessionSeal seal) : ISubscriberSessions
{
    public IReadOnlyList<SubscriberSession> OpenOf(SessionOwner owner)
    {
        var closed = ledger.OpenSessions(owner);
        return [.. closed.Select(Opened)];
    }

    public StartedSessions Watch(Func<SubscriberLineName, IReadOnlyList<Prefix>, bool> isWanted)
    {
        var begun = new StartedSessions();
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

    private SubscriberSession Opened(
        (UInt128 Key, SubscriberLineName Line, IReadOnlyList<Prefix> Networks, byte[] Closed) session) =>
            new(session.Key, session.Line, session.Networks, seal.Open(session.Key, session.Closed) ?? []);
}
