// SPDX-License-Identifier: Apache-2.0
//
// A JSON document too large to be held: the one array that holds its entries is walked item by item. Known are arrays
// of rows or MISP events, the objects of a STIX bundle or TAXII page, and what a MISP search answers.
using System.Text.Json;

namespace Weir.Desk.Lists.Feeds;

/// <summary>Reads one document.</summary>
/// <param name="from">Its octets.</param>
/// <param name="path">Of its file, for messages.</param>
/// <param name="take">Takes an item with the name of the array it is of, empty for the document itself.</param>
internal sealed class JsonItems(Stream from, string path, Action<string, JsonElement, int> take)
{
    private const int FirstOctets = 1 << 16;
    private const int LongestItem = 8 << 20;
    private const int MaxDepth = 64;

    private readonly string[] _names = new string[2];
    private byte[] _buffer = new byte[FirstOctets];
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private int _depth = -1;
    private string _array = "";
    private int _items;

    /// <returns>How many items there were; -1 where the document has no such array.</returns>
    /// <exception cref="FeedException">It is damaged, or an item is too long.</exception>
    public int Read(ReadOnlySpan<byte> head)
    {
        _buffer = new byte[Math.Max(FirstOctets, head.Length)];
        head.CopyTo(_buffer);
        _end = head.Length;
        var state = new JsonReaderState(new() { MaxDepth = MaxDepth, AllowTrailingCommas = true });
        var found = false;
        try
        {
            while (true)
            {
                var reader = new Utf8JsonReader(_buffer.AsSpan(_start.._end), _isAtEnd, state);
                found |= Walk(ref reader);
                _start += (int)reader.BytesConsumed;
                state = reader.CurrentState;
                if (_isAtEnd)
                {
                    return found ? _items : -1;
                }

                Fill();
            }
        }
        catch (Exception fault) when (JsonText.IsDamage(fault))
        {
            throw new FeedException($"watchlist file {path} is damaged JSON behind its item {_items}.", fault);
        }
    }

    /// <returns>Whether the array of entries was begun.</returns>
    private bool Walk(ref Utf8JsonReader reader)
    {
        var begun = false;
        var whole = reader;
        while (reader.Read())
        {
            var isItem = _depth >= 0 && reader.CurrentDepth == _depth + 1
                && reader.TokenType is not JsonTokenType.EndArray;
            if (isItem)
            {
                var from = reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    break; // the rest of it is not here yet
                }

                using var item = JsonDocument.Parse(
                    _buffer.AsMemory(_start + (int)from, (int)(reader.BytesConsumed - from)),
                    new() { MaxDepth = MaxDepth, AllowTrailingCommas = true });
                take(_array, item.RootElement, ++_items);
            }
            else
            {
                begun |= Follow(ref reader);
            }

            whole = reader;
        }

        reader = whole;
        return begun;
    }

    /// <summary>Where in the document it is.</summary>
    private bool Follow(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName when reader.CurrentDepth <= _names.Length:
                _names[reader.CurrentDepth - 1] = reader.GetString() ?? "";
                return false;
            case JsonTokenType.StartArray when _depth < 0 && NameOf(reader.CurrentDepth) is { } name:
                (_depth, _array) = (reader.CurrentDepth, name);
                return true;
            case JsonTokenType.EndArray when reader.CurrentDepth == _depth:
                _depth = -1;
                return false;
            default:
                return false;
        }
    }

    private string? NameOf(int depth) => depth switch
    {
        0 => "",
        1 when _names[0] is "objects" or "Attribute" or "response" => _names[0],
        2 when _names is ["response", "Attribute"] => "Attribute",
        _ => null,
    };

    private void Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestItem)
            {
                throw new FeedException(
                    $"watchlist file {path} has something longer than {LongestItem >> 20} MiB behind its item {_items}.",
                    FeedException.Unreadable);
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = from.ReadAtLeast(_buffer.AsSpan(_end), _buffer.Length - _end, throwOnEndOfStream: false);
        _end += read;
        _isAtEnd = read == 0;
    }
}
