// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Weir.Hosting.Metrics;

/// <summary>Logs as plain single lines on stderr, UTC times, no colours: for journald and for people.</summary>
public static class PlainLogs
{
    public static ILoggingBuilder AddPlainConsole(this ILoggingBuilder logs)
    {
        logs.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
        logs.Services.Configure<ConsoleLoggerOptions>(options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        return logs.AddSimpleConsole(options =>
        {
            options.SingleLine = true;
            options.UseUtcTimestamp = true;
            options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss'Z' ";
            options.ColorBehavior = LoggerColorBehavior.Disabled;
        });
    }
}
