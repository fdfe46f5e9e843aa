// SPDX-License-Identifier: Apache-2.0
//
// When lines under a check were active, as collectors' booleans say: spans of time beside the seal of the case, under
// its key, gone with it. What a stop loses is at most ten minutes of a span, and makes a line less known, never more.
using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Contracts.Scopes;
using Weir.Vault.Chain;
using Weir.Vault.Sealing;

namespace Weir.Vault.Remediation;

/// <summary>A span in which a line was active, ms since the UNIX epoch.</summary>
internal readonly record struct ActiveSpan(long FromMs, long UntilMs);

/// <summary>Keeps them. Safe for any thread.</summary>
internal sealed class LineActivities(CaseSealStore seals, TimeProvider time) : ICaseEnding
{
    private const string Beside = "activity";

    /// <summary>Spans of one case; the oldest go. Two weeks hold as many of ten minutes.</summary>
    private const int MaxSpans = 2_048;

    /// <summary>A silence is asked about in parts of a day: a line that was unplugged for a day of it is not
    /// known.</summary>
    private const long PartMs = 86_400_000;

    /// <summary>Spans so close together are one.</summary>
    private const long JoinMs = 60_000;

    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private readonly Dictionary<CaseId, Held> _held = [];

    /// <summary>A line was active in an interval. Of a case that is not sealed here nothing is kept.</summary>
    /// <returns>Whether the case is sealed here.</returns>
    public bool Add(CaseId id, long fromMs, long untilMs)
    {
        lock (_gate)
        {
            if (Find(id) is not { } held)
            {
                return false;
            }

            var isNew = held.Add(new(fromMs, untilMs));
            if (isNew || time.GetElapsedTime(held.WrittenAt) >= WriteEvery)
            {
                seals.CloseBeside(id, Beside, JsonSerializer.SerializeToUtf8Bytes(
                    held.Spans, LineActivityJson.Default.ListActiveSpan));
                held.WrittenAt = time.GetTimestamp();
            }

            return true;
        }
    }

    /// <summary>Whether the line was active in every day, or part of one, of a time.</summary>
    public bool WasActive(CaseId id, long fromMs, long untilMs)
    {
        lock (_gate)
        {
            if (untilMs <= fromMs || Find(id) is not { } held)
            {
                return false;
            }

            var parts = (untilMs - fromMs + PartMs - 1) / PartMs;
            for (var part = 0L; part < parts; part++)
            {
                var begin = fromMs + ((untilMs - fromMs) * part / parts);
                var end = fromMs + ((untilMs - fromMs) * (part + 1) / parts);
                if (!held.Spans.Exists(span => span.FromMs < end && span.UntilMs > begin))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>Whether the line was active at any time after one.</summary>
    public bool WasActiveAfter(CaseId id, DateTimeOffset at)
    {
        var ms = at.ToUnixTimeMilliseconds();
        lock (_gate)
        {
            return Find(id)?.Spans.Exists(span => span.UntilMs > ms) == true;
        }
    }

    /// <summary>A case ends: what is in memory goes; what is beside its seal goes with it.</summary>
    Task ICaseEnding.ReleaseAsync(CaseId id, Asker asker, CancellationToken cancel)
    {
        lock (_gate)
        {
            _ = _held.Remove(id);
        }

        return Task.CompletedTask;
    }

    private Held? Find(CaseId id)
    {
        if (_held.TryGetValue(id, out var held))
        {
            return held;
        }

        if (seals.Open(id) is null)
        {
            return null;
        }

        var spans = seals.OpenBeside(id, Beside) is { } octets
            ? JsonSerializer.Deserialize(octets, LineActivityJson.Default.ListActiveSpan) ?? []
            : [];
        return _held[id] = new(spans);
    }

    private sealed class Held(List<ActiveSpan> spans)
    {
        public List<ActiveSpan> Spans { get; } = spans;

        public long WrittenAt { get; set; }

        /// <returns>Whether a span began.</returns>
        public bool Add(ActiveSpan fresh)
        {
            var at = Spans.FindIndex(span =>
                span.FromMs <= fresh.UntilMs + JoinMs && fresh.FromMs <= span.UntilMs + JoinMs);
            if (at >= 0)
            {
                var span = Spans[at];
                Spans[at] = new(Math.Min(span.FromMs, fresh.FromMs), Math.Max(span.UntilMs, fresh.UntilMs));
                return false;
            }

            Spans.Add(fresh);
            if (Spans.Count > MaxSpans)
            {
                Spans.RemoveAt(0);
            }

            return true;
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(List<ActiveSpan>))]
internal sealed partial class LineActivityJson : JsonSerializerContext;
