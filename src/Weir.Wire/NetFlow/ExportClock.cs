// SPDX-License-Identifier: Apache-2.0
//
// The exporter's clocks. Times in records may be absolute, in the exporter's uptime (a 32-bit count of milliseconds
// that wraps every 49.7 days), or distances back from the export time (RFC 7012 §6, RFC 3954 §5.1).
namespace Weir.Wire.NetFlow;

/// <summary>What one message says about time; turns the times of its records into milliseconds since
/// the UNIX epoch.</summary>
/// <param name="ExportedAtMs">The header's time.</param>
/// <param name="UptimeMs">The header's uptime; only where <paramref name="HasUptime"/>.</param>
/// <param name="HasUptime">NetFlow v5 and v9 send it, IPFIX does not.</param>
/// <param name="SystemInitMs">When the exporter started, as its options said; 0 = not said.</param>
internal readonly record struct ExportClock(long ExportedAtMs, uint UptimeMs, bool HasUptime, long SystemInitMs)
{
    private const long NtpToUnixSeconds = 2_208_988_800;
    private const long NtpEraSeconds = 1L << 32;

    /// <summary>A moment of the header's uptime; the signed distance survives the wrap and a record just ahead
    /// of its header.</summary>
    public long FromUptime(uint uptimeMs) => ExportedAtMs - (int)(UptimeMs - uptimeMs);

    /// <summary>
    /// A 64-bit NTP time (RFC 5905 §6), in the era that is nearest to the export time. Some exporters put a plain count
    /// since the UNIX epoch in its place; of the two readings the one nearer to the export time is taken.
    /// </summary>
    public long FromNtp(ulong value, ulong plainUnitsPerMs)
    {
        var seconds = (long)(value >> 32) - NtpToUnixSeconds;
        var fraction = (long)(((value & uint.MaxValue) * 1000) >> 32);
        var first = (seconds * 1000) + fraction;
        var second = first + (NtpEraSeconds * 1000);
        var plain = (long)(value / plainUnitsPerMs);
        return Nearer(Nearer(first, second), plain);
    }

    private long Nearer(long left, long right) =>
        Math.Abs(right - ExportedAtMs) < Math.Abs(left - ExportedAtMs) ? right : left;
}
