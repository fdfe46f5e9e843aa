// SPDX-License-Identifier: Apache-2.0
//
// Methods as they stand in the text: where one is declared, how many parameters it takes and how many lines it fills.
// Brackets are counted, so that a delegate's type arguments are no parameters of the method.
using System.Text;
using System.Text.RegularExpressions;

namespace Weir.Tests.House;

/// <summary>A method or local function with modifiers.</summary>
/// <param name="Name">Without its type.</param>
/// <param name="Parameters">How many it takes.</param>
/// <param name="Lines">From its name to its closing brace; 0 where its body is an expression, which may be a table.
/// </param>
internal sealed record ScannedMethod(string Name, int Parameters, int Lines);

/// <summary>Finds the methods of a source file.</summary>
internal static partial class MethodScanner
{
    public static IEnumerable<ScannedMethod> Methods(string text)
    {
        var code = Blank(text);
        foreach (Match head in Declaration().Matches(code))
        {
            var open = head.Index + head.Length - 1;
            var close = Close(code, open);
            var body = close + 1;
            while (body < code.Length && code[body] is not ('{' or ';' or '='))
            {
                body++;
            }

            var lines = body < code.Length && code[body] == '{'
                ? code.AsSpan(head.Index, Close(code, body) - head.Index).Count('\n') + 1
                : 0;
            yield return new(head.Groups["name"].Value, Count(code.AsSpan(open + 1, close - open - 1)), lines);
        }
    }

    private static int Count(ReadOnlySpan<char> parameters)
    {
        var (depth, count) = (0, parameters.IsWhiteSpace() ? 0 : 1);
        foreach (var letter in parameters)
        {
            depth += letter is '(' or '[' or '<' or '{' ? 1 : letter is ')' or ']' or '>' or '}' ? -1 : 0;
            count += letter == ',' && depth == 0 ? 1 : 0;
        }

        return count;
    }

    private static int Close(string code, int open)
    {
        var depth = 0;
        for (var at = open; at < code.Length; at++)
        {
            depth += code[at] is '(' or '{' ? 1 : code[at] is ')' or '}' ? -1 : 0;
            if (depth == 0)
            {
                return at;
            }
        }

        return code.Length - 1;
    }

    /// <summary>The text with comments and literals taken out, line for line.</summary>
    private static string Blank(string text) => NotCode().Replace(text, match =>
        new StringBuilder().Append('\n', match.Value.Count(letter => letter == '\n')).ToString());

    [GeneratedRegex(
        """
        \$*"{3}[\s\S]*?"{3}|//[^\n]*|/\*[\s\S]*?\*/|\$?@"(?:""|[^"])*"|\$?"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'
        """)]
    private static partial Regex NotCode();

    [GeneratedRegex(
        @"^ +(?>(?:(?:public|internal|private|protected|static|async|override|virtual|sealed|unsafe|partial|readonly)\s+)+)"
        + @"(?!class\b|record\b|struct\b|interface\b|enum\b|ref struct\b|delegate\b|event\b|const\b)"
        + @"[\w(][^\n=;{}]*?\s(?<name>\w+)(?:<[^>()]*>)?\(", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
