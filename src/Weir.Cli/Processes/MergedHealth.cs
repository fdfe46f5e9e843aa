// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Weir.Cli.Processes;

/// <summary>Health of several processes as one: the worst decides, and each part says whose it is.</summary>
internal static class MergedHealth
{
    private static readonly string[] States = ["ok", "degraded", "failing"];

    /// <param name="answers">As processes say it; null where one does not answer.</param>
    public static (string Json, bool IsLive, bool IsReady) Merge(
        IReadOnlyList<(string Process, string? Health)> answers)
    {
        var (worst, ready) = (0, true);
        var parts = new JsonArray();
        foreach (var (process, health) in answers)
        {
            if (Read(health) is not { } told)
            {
                (worst, ready) = (Math.Max(worst, 1), false);
                parts.Add(new JsonObject
                {
                    ["process"] = process, ["part"] = "process", ["state"] = "degraded", ["ready"] = false,
                    ["reason"] = "it does not answer: it starts, or is started again",
                });
                continue;
            }

            worst = Math.Max(worst, Math.Max(0, Array.IndexOf(States, (string?)told["state"])));
            ready &= (bool?)told["ready"] == true;
            foreach (var part in told["parts"]!.AsArray())
            {
                var named = new JsonObject { ["process"] = process };
                foreach (var (key, value) in part!.AsObject())
                {
                    named[key] = value?.DeepClone();
                }

                parts.Add(named);
            }
        }

        // One user for all four is a fact an operator looks at every day, not a fault.
        var whole = new JsonObject
        {
            ["state"] = States[worst], ["ready"] = ready, ["separation"] = "off", ["parts"] = parts,
        };
        return (whole.ToJsonString(), worst < 2, ready && worst < 2);
    }

    private static JsonObject? Read(string? health)
    {
        try
        {
            return health is null ? null : JsonNode.Parse(health) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
