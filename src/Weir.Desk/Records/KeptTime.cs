// SPDX-License-Identifier: Apache-2.0
namespace Weir.Desk.Records;

/// <summary>Times as records keep them: in whole milliseconds. A place in a list goes by them, so that it is the same
/// before and after a restart.</summary>
internal static class KeptTime
{
    /// <summary>Ticks of a time, UTC, without what is not kept of it.</summary>
    public static long TicksOf(DateTimeOffset time) => time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMillisecond);
}
