// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;

namespace Weir.Hosting.Health;

public enum HealthState
{
    Ok,

    /// <summary>Working, but something is lost or late.</summary>
    Degraded,

    /// <summary>Not doing its work.</summary>
    Failing,
}

/// <summary>How a part is, with the reason in an operator's words.</summary>
/// <param name="State">The grade.</param>
/// <param name="Reason">Empty when all is well.</param>
/// <param name="IsReady">Whether the part has begun its work.</param>
public readonly record struct ComponentHealth(HealthState State, string Reason, bool IsReady = true)
{
    public static ComponentHealth Ok { get; } = new(HealthState.Ok, "");

    public static ComponentHealth Degraded(string reason) => new(HealthState.Degraded, reason);

    public static ComponentHealth Failing(string reason) => new(HealthState.Failing, reason);

    /// <summary>Not begun yet: alive, but not ready.</summary>
    public static ComponentHealth Starting(string reason) => new(HealthState.Ok, reason, IsReady: false);
}

/// <summary>
/// What /healthz and /readyz tell. Parts are asked when somebody looks, so the answer is never stale; a part that fails
/// to answer is failing.
/// </summary>
public sealed class HealthRegistry(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Func<ComponentHealth>> _parts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ComponentHealth Health, DateTimeOffset Since)> _last = [];

    /// <summary>Adds a part, or replaces the one of this name.</summary>
    public void Add(string part, Func<ComponentHealth> look)
    {
        lock (_lock)
        {
            _parts[part] = look;
        }
    }

    /// <summary>Asks every part.</summary>
    public HealthSnapshot Read()
    {
        lock (_lock)
        {
            var parts = _parts.Select(part => Check(part.Key, part.Value)).ToArray();
            return new(parts.Length == 0 ? HealthState.Ok : parts.Max(p => p.Health.State), parts);
        }
    }

    private ComponentHealthEntry Check(string part, Func<ComponentHealth> look)
    {
        ComponentHealth now;
        try
        {
            now = look();
        }
        catch (Exception failure)
        {
            now = ComponentHealth.Failing($"cannot tell how it is: {failure.Message}");
        }

        if (!_last.TryGetValue(part, out var last)
            || last.Health.State != now.State || last.Health.IsReady != now.IsReady)
        {
            last = (now, time.GetUtcNow());
        }

        _last[part] = (now, last.Since);
        return new(part, now, last.Since);
    }
}

public readonly record struct ComponentHealthEntry(string Part, ComponentHealth Health, DateTimeOffset Since);

/// <summary>All parts at one moment; the worst decides.</summary>
public sealed record HealthSnapshot(HealthState State, IReadOnlyList<ComponentHealthEntry> Parts)
{
    /// <summary>Whether the process should live on; a degraded one should.</summary>
    public bool IsLive => State != HealthState.Failing;

    public bool IsReady => IsLive && Parts.All(p => p.Health.IsReady);

    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteString("state", ToName(State));
            json.WriteBoolean("ready", IsReady);
            json.WriteStartArray("parts");
            foreach (var part in Parts)
            {
                json.WriteStartObject();
                json.WriteString("part", part.Part);
                json.WriteString("state", ToName(part.Health.State));
                json.WriteBoolean("ready", part.Health.IsReady);
                json.WriteString("reason", part.Health.Reason);
                json.WriteString("since", part.Since);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    private static string ToName(HealthState state) => state switch
    {
        HealthState.Ok => "ok",
        HealthState.Degraded => "degraded",
        _ => "failing",
    };
}
