// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Corroborating;

/// <summary>When an exporter booted, as its headers tell: their time minus their uptime (RFC 3954 §5.1).</summary>
internal static class BootTime
{
    /// <summary>Boot times are computed from whole seconds, and clocks are set.</summary>
    private const int SlackMs = 60_000;

    /// <summary>Milliseconds since the UNIX epoch, lowest 32 bits, so that the uptime may wrap; null where it is
    /// not told.</summary>
    public static uint? Of(in ExportHeader header, long arrivedAtMs)
    {
        var now = header.ExportedAtMs != 0 ? header.ExportedAtMs : arrivedAtMs;
        return header.UptimeMs == 0 || now == 0 ? null : (uint)now - header.UptimeMs;
    }

    /// <summary>Whether two boots are two.</summary>
    public static bool Differs(uint left, uint right) => Math.Abs((long)(int)(left - right)) > SlackMs;
}
