// SPDX-License-Identifier: Apache-2.0
using Weir.Detecting;

namespace Weir.Cli.Serving;

/// <summary>Says in the log that an event opened or closed: rule and numbers, nobody's name, pseudonym or remote.</summary>
internal sealed class EventLines(ILogger<EventLines> log) : IEventSink
{
    public void Take(SignedEvent signed)
    {
        var quality = signed.Event;
        switch (quality.Phase)
        {
            case EventPhase.Opened:
                log.Opened(quality.Trigger, quality.Number, quality.Measured, quality.Unit, quality.Threshold);
                break;
            case EventPhase.Closed:
                log.Closed(quality.Trigger, quality.Number, (quality.UntilMs - quality.FromMs) / 1_000.0, quality.Measured, quality.Unit);
                break;
            default:
                break;
        }
    }
}

/// <summary>Event ids 50xx.</summary>
internal static partial class EventLog
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "event {Number:x16} opened by {Rule}: {Measured:0.#} {Unit}, threshold {Threshold:0.#}")]
    public static partial void Opened(this ILogger log, string rule, ulong number, double measured, string unit, double threshold);

    [LoggerMessage(EventId = 5002, Level = LogLevel.Information, Message = "event {Number:x16} of {Rule} closed after {Seconds:0} s: at most {Measured:0.#} {Unit}")]
    public static partial void Closed(this ILogger log, string rule, ulong number, double seconds, double measured, string unit);
}
