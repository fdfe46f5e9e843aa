// SPDX-License-Identifier: Apache-2.0
//
// A JSON document, small or large, walked once: nothing of it is held but the item at hand. Items are the elements of
// an array of entries (of the document itself, or of a known name in it) and a MISP event. What else the document says
// at its top (names, short texts) is told as it comes, for its maker need not write it in front of the entries.
using System.Text.Json;

namespace Weir.Desk.Lists.Feeds.Json;

/// <summary>Takes what a document holds.</summary>
internal interface IJsonItemHandler
{
    /// <summary>Whether an array of this name, at the top of the document or in a member of it, holds entries.</summary>
    bool HoldsEntries(string parent, string name);

    void OnArray(string name);

    void OnItem(string array, JsonElement item, int number);

    /// <summary>A member's name, and that of the member it is in; empty at the top.</summary>
    void OnName(string parent, string name);

    /// <summary>A text at the top.</summary>
    void OnText(string name, string value);
}

/// <summary>Reads one document.</summary>
/// <param name="from">Its octets.</param>
/// <param name="path">Of its file, for messages.</param>
/// <param name="to">Takes what it holds.</param>
internal sealed class JsonItems(Stream from, string path, IJsonItemHandler to)
{
    /// <summary>An item that is no array's: what a document of one MISP event is.</summary>
    public const string Event = "Event";

    private const int FirstOctets = 1 << 16;
    private const int LongestItem = 8 << 20;
    private const int MaxDepth = 64;

    private static readonly JsonDocumentOptions Document = new() { MaxDepth = MaxDepth, AllowTrailingCommas = true };

    private readonly string[] _names = ["", ""];
    private byte[] _buffer = new byte[FirstOctets];
    private int _start;
    private int _end;
    private bool _isAtEnd;
    private int _depth = -1;
    private string _array = "";

    /// <summary>Items handed on.</summary>
    public int Count { get; private set; }

    /// <exception cref="JsonException">It is damaged; so may what <see cref="JsonText.IsDamage"/> names say.</exception>
    /// <exception cref="FeedException">An item is too long.</exception>
    public void Read()
    {
        var state = new JsonReaderState(new() { MaxDepth = MaxDepth, AllowTrailingCommas = true });
        while (true)
        {
            var reader = new Utf8JsonReader(_buffer.AsSpan(_start.._end), _isAtEnd, state);
            Walk(ref reader);
            _start += (int)reader.BytesConsumed;
            state = reader.CurrentState;
            if (_isAtEnd)
            {
                return;
            }

            Fill();
        }
    }

    private void Walk(ref Utf8JsonReader reader)
    {
        var whole = reader;
        while (reader.Read())
        {
            var isEvent = _depth < 0 && IsEvent(in reader);
            if (isEvent || (_depth >= 0 && reader.CurrentDepth == _depth + 1
                && reader.TokenType is not JsonTokenType.EndArray))
            {
                var begin = (int)reader.TokenStartIndex;
                if (!reader.TrySkip())
                {
                    break; // the rest of it is not here yet
                }

                using var item = JsonDocument.Parse(
                    _buffer.AsMemory(_start + begin, (int)reader.BytesConsumed - begin), Document);
                to.OnItem(isEvent ? Event : _array, item.RootElement, ++Count);
            }
            else
            {
                Follow(ref reader);
            }

            whole = reader;
        }

        reader = whole;
    }

    private bool IsEvent(in Utf8JsonReader reader) => reader.TokenType == JsonTokenType.StartObject
        && ((reader.CurrentDepth == 1 && _names[0] == Event)
            || (reader.CurrentDepth == 2 && _names is ["response", Event]));

    /// <summary>Where in the document it is.</summary>
    private void Follow(ref Utf8JsonReader reader)
    {
        var depth = reader.CurrentDepth;
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName when _depth < 0 && depth <= _names.Length:
                _names[depth - 1] = reader.GetString() ?? "";
                to.OnName(depth == 1 ? "" : _names[0], _names[depth - 1]);
                break;
            case JsonTokenType.String when _depth < 0 && depth == 1 && reader.ValueSpan.Length <= 200:
                to.OnText(_names[0], reader.GetString() ?? "");
                break;
            case JsonTokenType.StartArray when _depth < 0 && depth <= _names.Length:
                var (parent, name) = depth == 2 ? (_names[0], _names[1]) : ("", depth == 1 ? _names[0] : "");
                if (depth == 0 || to.HoldsEntries(parent, name))
                {
                    (_depth, _array) = (depth, name);
                    to.OnArray(name);
                }

                break;
            case JsonTokenType.EndArray when depth == _depth:
                _depth = -1;
                break;
            default:
                break;
        }
    }

    private void Fill()
    {
        _buffer.AsSpan(_start.._end).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_buffer.Length >= LongestItem)
            {
                throw new FeedException(
                    $"watchlist file {path} has an item longer than {LongestItem >> 20} MiB behind its item {Count}, such "
                        + "as an event of MISP alone: fetch its attributes (attributes/restSearch), each an item of its "
                        + "own, or leave it out.",
                    FeedException.Unreadable);
            }

            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = from.ReadAtLeast(_buffer.AsSpan(_end), _buffer.Length - _end, throwOnEndOfStream: false);
        _end += read;
        _isAtEnd = read == 0;
    }
}
