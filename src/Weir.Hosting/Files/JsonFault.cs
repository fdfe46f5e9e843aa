// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Weir.Hosting.Files;

/// <summary>What System.Text.Json says of a text that it cannot read, without what is nothing to whoever wrote the
/// text: names of our types, paths into them, advice to programmers. The one place that takes its sentences
/// apart.</summary>
public static partial class JsonFault
{
    /// <summary>The sentence without its full stop.</summary>
    public static string Describe(Exception fault)
    {
        var message = fault.Message;
        foreach (var cut in (string[])[" Consider ", " Path: "])
        {
            message = message.IndexOf(cut, StringComparison.Ordinal) is > 0 and var at ? message[..at] : message;
        }

        return TypeNames().Replace(message, "").TrimEnd('.', ' ');
    }

    /// <summary>The line of the text, from 1.</summary>
    public static long LineOf(JsonException fault) => (fault.LineNumber ?? 0) + 1;

    [GeneratedRegex("( contained in| during deserialization of| on| of| for| to)? type '[^']*'")]
    private static partial Regex TypeNames();
}
