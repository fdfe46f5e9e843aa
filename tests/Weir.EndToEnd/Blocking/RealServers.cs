// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;

namespace Weir.EndToEnd.Blocking;

/// <summary>Whether a test against real servers can be had: a missing one is skipped aloud, or fails where
/// WEIR_REAL=must.</summary>
internal static class RealServers
{
    public static bool AreThere(params string[] programs)
    {
        var all = programs.All(Tool.IsThere);
        Assert.True(
            all || Environment.GetEnvironmentVariable("WEIR_REAL") != "must",
            $"{string.Join(", ", programs)}: not all are installed and WEIR_REAL=must");
        return all;
    }
}
