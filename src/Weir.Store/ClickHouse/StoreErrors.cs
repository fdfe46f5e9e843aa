// SPDX-License-Identifier: Apache-2.0
using System.Globalization;
using System.Text.RegularExpressions;
using Weir.Wire.Native;

namespace Weir.Store.ClickHouse;

/// <summary>ClickHouse writes its errors as text that opens with a code.</summary>
internal static partial class StoreErrors
{
    /// <summary>Reads <c>Code: 60. DB::Exception: …</c>, and 18.16's <c>Code: 60, e.displayText() = …</c>.</summary>
    public static StoreException Parse(string text)
    {
        var found = Code().Match(text);
        var code = found.Success
            && int.TryParse(found.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            ? parsed
            : 0;
        return StoreException.Answered(code, text.Trim());
    }

    /// <summary>The same with the shard's name. What keeps a shard from answering passes: it is told which rows an
    /// answer would lack, and the answer is none.</summary>
    public static StoreException Named(StoreException refused, StoreAddress address)
    {
        if (address.Name.Length > 0)
        {
            return new(refused.Code, $"{address.Prefix}{refused.Message}", refused.Retryable, refused);
        }

        // The engine names a silent shard by its address alone, within its text.
        var told = refused.Message;
        string[] silent =
        [
            .. address.Behind.Where(shard => told.Contains(shard.Endpoint, StringComparison.Ordinal))
                .Select(shard => shard.Name),
        ];
        return silent.Length == 0
            ? refused
            : new(
                refused.Code,
                $"the rows of shard {string.Join(", ", silent)} are not to be had, and nothing is answered without "
                    + $"them: {refused.Message}",
                refused.Retryable || refused.Code is 3 or 32 or 33 or 101 or 102 or 198 or 1000, refused);
    }

    [GeneratedRegex(@"^\s*(?:Poco::Exception\. )?Code: (\d{1,9})[.,]")]
    private static partial Regex Code();
}
