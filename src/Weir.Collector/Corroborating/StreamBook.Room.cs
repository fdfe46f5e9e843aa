// SPDX-License-Identifier: Apache-2.0
//
// How many streams a book keeps. Each exporter may have a few whatever others have; beyond them all exporters of a
// process share one bound, so that whoever invents exporters, ports or domains fills that and no more.
namespace Weir.Collector.Corroborating;

internal sealed partial class StreamBook
{
    /// <summary>Room for one more. Where all exporters together have too many, the least of this one's makes it, which
    /// has no standing.</summary>
    private bool HasRoom(long nowMs)
    {
        if (_kept < FreeStreams || options.Streams.TryTake(1))
        {
            return true;
        }

        if (isOfSessions)
        {
            return false;
        }

        while (_firsts.TryDequeue(out var first))
        {
            if (!first.IsKept && Forget(first))
            {
                return HasRoom(nowMs);
            }
        }

        return _streams.Where(one => !one.Stands(nowMs)).MinBy(static one => (one.Messages, one.LastMs)) is { } least
            && Forget(least) && HasRoom(nowMs);
    }

    /// <summary>Forgets what is silent and has no standing.</summary>
    public void ForgetSilent(long nowMs)
    {
        foreach (var stream in _byKey.Values.SelectMany(static streams => streams)
            .Where(one => !one.Stands(nowMs) && nowMs - one.LastMs > ExportStream.LongestPauseMs).ToList())
        {
            _ = Forget(stream);
        }
    }

    /// <summary>Keeps the message that began a stream of a connection, whatever its length; displaces none.</summary>
    private void HoldOfSession(ReadOnlySpan<byte> message)
    {
        if (_begun is not { } begun)
        {
            return;
        }

        if (_held.Count >= MostHeldOfSessions)
        {
            var held = _held.Where(static one => one.Held is not null).ToList();
            _held.Clear();
            held.ForEach(_held.Enqueue);
        }

        if (_held.Count >= MostHeldOfSessions || !options.HeldOctets.TryTake(message.Length))
        {
            LacksRoom = true;
            return;
        }

        begun.Held = message.ToArray();
        _held.Enqueue(begun);
    }

    /// <summary>Whether a stream of a key is kept.</summary>
    public bool Has(in StreamKey key) => _byKey.ContainsKey(key);

    private void Add(List<ExportStream> streams, ExportStream stream)
    {
        streams.Add(stream);
        _kept++;
    }

    /// <summary>Forgets all: the exporter is forgotten.</summary>
    public void Clear()
    {
        foreach (var stream in _byKey.Values.SelectMany(static streams => streams).ToList())
        {
            _ = Forget(stream);
        }

        _firsts.Clear();
        _held.Clear();
    }

    /// <summary>Forgets the streams of a session that is over.</summary>
    public void EndSession(ushort port)
    {
        foreach (var stream in _byKey.Where(one => one.Key.Port == port).SelectMany(static one => one.Value).ToList())
        {
            _ = Forget(stream);
        }
    }

    /// <returns>Whether it was there.</returns>
    private bool Forget(ExportStream stream)
    {
        _ = _streams.Remove(stream);
        Release(stream);
        if (!_byKey.TryGetValue(stream.Key, out var streams) || !streams.Remove(stream))
        {
            return false;
        }

        if (streams.Count == 0)
        {
            _ = _byKey.Remove(stream.Key);
        }

        if (--_kept >= FreeStreams)
        {
            options.Streams.Return(1);
        }

        stream.IsForgotten = true;
        Forgotten?.Invoke(stream);
        return true;
    }

    /// <summary>Its first datagram is held no longer.</summary>
    private void Release(ExportStream stream)
    {
        if (stream.Held is { } held)
        {
            options.HeldOctets.Return(held.Length);
            stream.Held = null;
        }
    }
}
