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

    [GeneratedRegex(@"^\s*(?:Poco::Exception\. )?Code: (\d{1,9})[.,]")]
    private static partial Regex Code();
}
