// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.CommandLine.Parsing;

namespace Weir.Cli.Commands;

/// <summary>A kind of number that people type: a letter, a hyphen and 16 hexadecimal digits. What is none is refused
/// before anybody is asked, with what was typed.</summary>
/// <param name="Noun">What it is the number of.</param>
/// <param name="ShownBy">Where such numbers are shown.</param>
/// <param name="Letters">With which it begins.</param>
internal sealed record TypedNumber(string Noun, string ShownBy, params char[] Letters)
{
    private const int Digits = 16;

    public static readonly TypedNumber Case = new("case", "as weir case list shows them", 'c');
    public static readonly TypedNumber Scope = new("scope", "as weir case show shows them", 's');
    public static readonly TypedNumber Block = new("block", "as weir block list shows them", 'b');
    public static readonly TypedNumber Request = new("request", "as weir disclose --waiting shows them", 'a');
    public static readonly TypedNumber RequestOrBlock =
        new("request or block", "as weir disclose --waiting and weir block list show them", 'a', 'b');

    /// <summary>The argument takes nothing else.</summary>
    public Argument<T> For<T>(Argument<T> argument)
    {
        argument.Validators.Add(result => Refuse(result, result.Tokens));
        return argument;
    }

    /// <summary>The option takes nothing else.</summary>
    public Option<T> For<T>(Option<T> option)
    {
        option.Validators.Add(result => Refuse(result, result.Tokens));
        return option;
    }

    /// <summary>Whether a text is such a number.</summary>
    public bool Is(string text) => text.Length == Digits + 2 && Letters.Contains(text[0]) && text[1] == '-'
        && text[2..].All(char.IsAsciiHexDigit);

    private void Refuse(SymbolResult result, IReadOnlyList<Token> tokens)
    {
        foreach (var token in tokens.Where(token => !Is(token.Value)))
        {
            result.AddError($"'{token.Value}' is not a {Noun} number; write "
                + $"{string.Join(" or ", Letters.Select(letter => $"{letter}-"))} and {Digits} hexadecimal digits, "
                + ShownBy);
        }
    }
}
