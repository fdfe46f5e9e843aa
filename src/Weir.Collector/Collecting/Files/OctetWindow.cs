// SPDX-License-Identifier: Apache-2.0
namespace Weir.Collector.Collecting.Files;

/// <summary>A sliding view of a stream: big blocks, no copies but the tail of a block that a
/// record straddles.</summary>
internal sealed class OctetWindow(UnpackedStream source, int capacity = OctetWindow.Block) : IDisposable
{
    public const int Block = 1 << 20;

    private byte[] _buffer = new byte[capacity];
    private int _at;
    private int _end;
    private long _before;
    private bool _ended;

    /// <summary>What is read and not yet consumed.</summary>
    public ReadOnlySpan<byte> Rest => _buffer.AsSpan(_at, _end - _at);

    /// <summary>Octets consumed, counted from the start of the unpacked content.</summary>
    public long Position => _before + _at;

    /// <summary>Octets read, counted from the start of the unpacked content.</summary>
    public long ReadTo => _before + _end;

    /// <summary>Why reading ended early; null = it did not, or not yet.</summary>
    public string? Damage { get; private set; }

    /// <summary>Reads until <paramref name="count"/> octets stand in <see cref="Rest"/>; false = the
    /// content ends before.</summary>
    public bool TryFill(int count)
    {
        while (_end - _at < count)
        {
            if (!Fill(count))
            {
                return false;
            }
        }

        return true;
    }

    public void Advance(int count) => _at += count;

    /// <summary>Passes over so many octets; returns how many there were.</summary>
    public long Skip(long count)
    {
        long skipped = 0;
        while (skipped < count && TryFill(1))
        {
            var step = (int)Math.Min(count - skipped, _end - _at);
            _at += step;
            skipped += step;
        }

        return skipped;
    }

    /// <summary>
    /// The next line without its line feed, up to <paramref name="longest"/> octets. A longer one is passed over and
    /// comes back empty with <paramref name="tooLong"/> set. False = no more lines.
    /// </summary>
    public bool TryLine(int longest, out ReadOnlySpan<byte> line, out bool tooLong)
    {
        tooLong = false;
        line = default;
        var searched = 0;
        while (true)
        {
            var found = Rest[searched..].IndexOf((byte)'\n');
            if (found >= 0)
            {
                tooLong |= searched + found > longest;
                line = tooLong ? default : Rest[..(searched + found)];
                _at += searched + found + 1;
                return true;
            }

            searched = _end - _at;
            if (searched > longest)
            {
                tooLong = true;
                _at += searched;
                searched = 0;
            }

            if (!TryFill(searched + 1))
            {
                line = tooLong ? default : Rest[..searched];
                _at += searched;
                return tooLong || searched > 0;
            }
        }
    }

    public void Dispose() => source.Dispose();

    private bool Fill(int wanted)
    {
        if (_ended)
        {
            return false;
        }

        if (_at > 0)
        {
            Rest.CopyTo(_buffer);
            _before += _at;
            _end -= _at;
            _at = 0;
        }

        if (wanted > _buffer.Length || _end == _buffer.Length)
        {
            Array.Resize(ref _buffer, Math.Max(wanted, _buffer.Length * 2));
        }

        try
        {
            var read = source.Content.Read(_buffer.AsSpan(_end));
            _end += read;
            _ended = read == 0;
        }
        catch (Exception fault) when (fault is IOException or InvalidDataException)
        {
            _ended = true;
            Damage = fault.Message;
        }

        if (_ended)
        {
            Damage ??= source.Verdict();
        }

        return !_ended;
    }
}
