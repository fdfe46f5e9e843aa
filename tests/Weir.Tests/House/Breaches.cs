// SPDX-License-Identifier: Apache-2.0
namespace Weir.Tests.House;

internal static class Breaches
{
    /// <summary>Fails with every breach on a line of its own: a reviewer wants them all, not the first.</summary>
    public static void None(IEnumerable<string?> breaches)
    {
        var found = breaches.ToList();
        Assert.True(found.Count == 0, string.Join('\n', found.Prepend($"{found.Count} breaches:")));
    }
}
