// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Health;

namespace Weir.Desk.Api.Overview;

/// <summary>Health as people read it.</summary>
internal static class HealthView
{
    public static HealthResponse Read(HealthRegistry health, string profile)
    {
        var now = health.Read();
        return new(Word(now.State), profile,
        [
            .. now.Parts.OrderByDescending(part => part.Health.State).ThenBy(part => part.Part, StringComparer.Ordinal)
                .Select(part => new HealthPart(
                    part.Part, Word(part.Health.State), part.Health.IsReady, part.Health.Reason, part.Since)),
        ]);
    }

    public static string Word(HealthState state) => state.ToString().ToLowerInvariant();
}
