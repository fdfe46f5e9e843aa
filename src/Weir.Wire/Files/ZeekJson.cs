// SPDX-License-Identifier: Apache-2.0
//
// Zeek's conn.log as JSON lines: one flat object a line, keys as in the tab form. Values are cut out in place; escapes
// are left as they are, for no field Weir takes can hold one. What is nested is skipped.
//
// What may be wrong and what it costs: the line.
//
// Standards: RFC 8259 as far as a reader of known fields needs it.
using System.Text;

namespace Weir.Wire.Files;

/// <summary>Reads Zeek's JSON lines.</summary>
public sealed class ZeekJson(long utcOffsetMs)
{
    private static readonly (byte[] Key, FlowColumn Column)[] Keys =
    [
        .. new[]
        {
            "ts", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "duration", "orig_bytes",
            "resp_bytes", "conn_state", "history", "orig_pkts", "orig_ip_bytes", "resp_pkts",
            "resp_ip_bytes", "ip_proto",
        }.Select(key => (Encoding.ASCII.GetBytes(key), FlowColumns.ByHeader(key, FlowDialect.Zeek))),
    ];

    private readonly TimeReading _times = new(utcOffsetMs, false);
    private int _next;

    /// <summary>Reads one line without its line end.</summary>
    public FlowRowKind Read(ReadOnlySpan<byte> line, ref FlowRecord flow, ref string rule)
    {
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
        {
            return FlowRowKind.NoFlow;
        }

        var row = new FlowRow(FlowDialect.Zeek, _times);
        var at = 1;
        rule = "JSON object";
        if (line[0] != '{')
        {
            return FlowRowKind.Refused;
        }

        while (true)
        {
            SkipBlank(line, ref at);
            if (at < line.Length && line[at] == '}')
            {
                return row.Finish(ref flow, ref rule);
            }

            if (!TryString(line, ref at, out var key) || !TryColon(line, ref at)
                || !TryValue(line, ref at, out var value))
            {
                return FlowRowKind.Refused;
            }

            var column = Find(key);
            if (column != FlowColumn.None && !row.Set(column, value, ref rule))
            {
                return FlowRowKind.Refused;
            }

            rule = "JSON object";
            SkipBlank(line, ref at);
            if (at >= line.Length || (line[at] != ',' && line[at] != '}'))
            {
                return FlowRowKind.Refused;
            }

            at += line[at] == ',' ? 1 : 0;
        }
    }

    /// <summary>Zeek writes its keys in one order, so the one after the last found is tried first.</summary>
    private FlowColumn Find(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < Keys.Length; i++)
        {
            var at = _next + i < Keys.Length ? _next + i : _next + i - Keys.Length;
            if (key.SequenceEqual(Keys[at].Key))
            {
                _next = at + 1 == Keys.Length ? 0 : at + 1;
                return Keys[at].Column;
            }
        }

        return FlowColumn.None;
    }

    private static void SkipBlank(ReadOnlySpan<byte> line, scoped ref int at)
    {
        while (at < line.Length && line[at] is (byte)' ' or (byte)'\t')
        {
            at++;
        }
    }

    private static bool TryColon(ReadOnlySpan<byte> line, scoped ref int at)
    {
        SkipBlank(line, ref at);
        if (at >= line.Length || line[at] != ':')
        {
            return false;
        }

        at++;
        SkipBlank(line, ref at);
        return at < line.Length;
    }

    private static bool TryString(ReadOnlySpan<byte> line, scoped ref int at, out ReadOnlySpan<byte> text)
    {
        text = default;
        if (at >= line.Length || line[at] != '"')
        {
            return false;
        }

        var start = ++at;
        while (at < line.Length)
        {
            var step = line[at..].IndexOfAny((byte)'"', (byte)'\\');
            if (step < 0)
            {
                return false;
            }

            at += step;
            if (line[at] == '"')
            {
                text = line[start..at];
                at++;
                return true;
            }

            at += 2;
        }

        return false;
    }

    private static bool TryValue(ReadOnlySpan<byte> line, scoped ref int at, out ReadOnlySpan<byte> value)
    {
        value = default;
        switch (line[at])
        {
            case (byte)'"':
                return TryString(line, ref at, out value);
            case (byte)'{' or (byte)'[':
                return TrySkipNested(line, ref at);
            default:
                var length = line[at..].IndexOfAny(",} \t"u8);
                if (length <= 0)
                {
                    return false;
                }

                value = line.Slice(at, length);
                value = value.SequenceEqual("null"u8) ? default : value;
                at += length;
                return true;
        }
    }

    private static bool TrySkipNested(ReadOnlySpan<byte> line, scoped ref int at)
    {
        var depth = 0;
        while (at < line.Length)
        {
            switch (line[at])
            {
                case (byte)'"':
                    if (!TryString(line, ref at, out _))
                    {
                        return false;
                    }

                    continue;
                case (byte)'{' or (byte)'[':
                    depth++;
                    break;
                case (byte)'}' or (byte)']':
                    depth--;
                    break;
                default:
                    break;
            }

            at++;
            if (depth == 0)
            {
                return true;
            }
        }

        return false;
    }
}
