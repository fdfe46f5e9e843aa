// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace Weir.Desk.Lists.Feeds.Stix;

internal enum StixToken : byte
{
    End,
    Fault,

    /// <summary>A keyword: letters without a colon.</summary>
    Word,

    /// <summary>An object path: "network-traffic:dst_ref.value".</summary>
    Path,

    /// <summary>'text', or a number, or true and false, as written; a timestamp t'…' too.</summary>
    Literal,

    /// <summary>One of [ ] ( ) , = != &lt; &lt;= &gt; &gt;=.</summary>
    Sign,
}

/// <summary>Cuts a STIX pattern into tokens (STIX 2.1 §9.1, grammar stix2-pattern).</summary>
internal struct StixLexer(string text)
{
    public StixToken Kind { get; private set; }

    /// <summary>Keyword in upper case, path, sign, or the literal's value.</summary>
    public string Value { get; private set; } = "";

    /// <summary>Where the token begins, from 1.</summary>
    public int At { get; private set; }

    private int _next;

    public void Move()
    {
        while (_next < text.Length && char.IsWhiteSpace(text[_next]))
        {
            _next++;
        }

        At = _next + 1;
        if (_next >= text.Length)
        {
            (Kind, Value) = (StixToken.End, "the end");
            return;
        }

        var c = text[_next];
        if (c == '\'')
        {
            Quoted();
        }
        else if (c is 't' or 'b' or 'h' && _next + 1 < text.Length && text[_next + 1] == '\'')
        {
            _next++;
            Quoted();
        }
        else if (char.IsAsciiDigit(c) || c is '-' or '+')
        {
            Run(StixToken.Literal, static ch => char.IsAsciiLetterOrDigit(ch) || ch is '.' or '-' or '+');
        }
        else if (char.IsAsciiLetter(c))
        {
            WordOrPath();
        }
        else
        {
            Sign(c);
        }
    }

    private void Sign(char c)
    {
        var two = _next + 1 < text.Length ? text.Substring(_next, 2) : "";
        if (two is "!=" or "<>" or "<=" or ">=" or "==")
        {
            (Kind, Value) = (StixToken.Sign, two switch { "==" => "=", "<>" => "!=", _ => two });
            _next += 2;
            return;
        }

        (Kind, Value) = (
            c is '[' or ']' or '(' or ')' or ',' or '=' or '<' or '>' ? StixToken.Sign : StixToken.Fault, c.ToString());
        _next++;
    }

    private void Run(StixToken kind, Func<char, bool> belongs)
    {
        var start = _next;
        while (_next < text.Length && belongs(text[_next]))
        {
            _next++;
        }

        (Kind, Value) = (kind, text[start.._next]);
    }

    private void WordOrPath()
    {
        var start = _next;
        while (_next < text.Length && (char.IsAsciiLetterOrDigit(text[_next]) || text[_next] is '_' or '-'))
        {
            _next++;
        }

        if (_next >= text.Length || text[_next] != ':')
        {
            var word = text[start.._next];
            (Kind, Value) =
                word is "true" or "false" ? (StixToken.Literal, word) : (StixToken.Word, word.ToUpperInvariant());
            return;
        }

        _next++;
        while (_next < text.Length)
        {
            var c = text[_next];
            if (char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            {
                _next++;
            }
            else if (c == '\'' && text[_next - 1] is '.' or ':')
            {
                Quoted();
                if (Kind == StixToken.Fault)
                {
                    return;
                }
            }
            else if (c == '[' && text.IndexOf(']', _next) is var close && close > 0 && close - _next < 12)
            {
                _next = close + 1;
            }
            else
            {
                break;
            }
        }

        (Kind, Value) = (StixToken.Path, text[start.._next]);
    }

    private void Quoted()
    {
        var value = new StringBuilder();
        for (var i = _next + 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                value.Append(text[++i]);
            }
            else if (text[i] == '\'')
            {
                _next = i + 1;
                (Kind, Value) = (StixToken.Literal, value.ToString());
                return;
            }
            else
            {
                value.Append(text[i]);
            }
        }

        _next = text.Length;
        (Kind, Value) = (StixToken.Fault, "a quote without end");
    }
}
