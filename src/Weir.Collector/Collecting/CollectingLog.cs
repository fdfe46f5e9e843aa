// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Weir.Wire;

namespace Weir.Collector.Collecting;

internal static partial class CollectingLog
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Warning,
        Message = "the kernel grants UDP {Listener} a buffer of {Granted} octets where {Asked} were asked; bursts may "
            + "be lost: raise net.core.rmem_max")]
    public static partial void SmallBuffer(this ILogger log, string listener, int granted, int asked);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Warning,
        Message = "UDP {Listener}: the kernel refuses to share by exporter and hashes ports too; an exporter that "
            + "changes its source port may meet a lane without its templates")]
    public static partial void PortsHashed(this ILogger log, string listener);

    [LoggerMessage(EventId = 1003, Level = LogLevel.Information,
        Message = "this system has no recvmmsg; datagrams are taken one by one")]
    public static partial void PlainReceive(this ILogger log);

    [LoggerMessage(EventId = 1010, Level = LogLevel.Warning,
        Message = "exporter {Exporter} sent something malformed: {Rule}, octet {Offset}, costs {Damage}; {Times} "
            + "times since the last such line")]
    public static partial void Malformed(
        this ILogger log, IpKey exporter, string rule, int offset, Damage damage, long times);

    [LoggerMessage(EventId = 1011, Level = LogLevel.Warning,
        Message = "more exporters send malformed datagrams than are told one by one; {Times} faults were only "
            + "counted in the last {Seconds} s")]
    public static partial void MalformedUntold(this ILogger log, long times, int seconds);
}
