// SPDX-License-Identifier: Apache-2.0
using System.Globalization;

namespace Weir.Tests.Support;

/// <summary>How many times as long an endurance test lasts: once, or what WEIR_ENDURANCE says, as a part of make prove
/// does.</summary>
internal static class Endurance
{
    public static int Times { get; } =
        int.TryParse(Environment.GetEnvironmentVariable("WEIR_ENDURANCE"), CultureInfo.InvariantCulture, out var times)
            ? Math.Clamp(times, 1, 1_000)
            : 1;
}
