// SPDX-License-Identifier: Apache-2.0
//
// A desk that does what it should asks for nothing that does not follow from its grounds. Who does has its user's
// socket and not its events, so it is said where an operator looks: in this process's log, once an hour at most, and in
// its health until an hour has passed without.
using System.Collections.Frozen;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Approvals;
using Weir.Contracts.Grounds;
using Weir.Contracts.Signing;
using Weir.Hosting.Health;

namespace Weir.Hosting.Releases;

/// <summary>Tells of requests on forged grounds. Safe for any thread.</summary>
/// <param name="process"><c>store</c> or <c>vault</c>.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is told.</param>
public sealed class ForgedGrounds(string process, TimeProvider time, ILogger<ForgedGrounds> log)
{
    /// <summary>Since the last so long ago nothing is shown any more.</summary>
    public static readonly TimeSpan Shown = TimeSpan.FromHours(1);

    /// <summary>Refusals that no request of an honest desk meets.</summary>
    private static readonly FrozenSet<string> Codes = Enum.GetValues<GroundsFault>()
        .Where(fault => fault is not (GroundsFault.None or GroundsFault.NotSigned)).Select(GroundsFaults.ToCode)
        .Concat([
            EnvelopeFaults.Word(EnvelopeFault.UnknownKey), EnvelopeFaults.Word(EnvelopeFault.BadSignature),
            EnvelopeFaults.Word(EnvelopeFault.WrongRole), PromotionProof.Missing,
        ]).ToFrozenSet(StringComparer.Ordinal);

    private readonly Lock _gate = new();
    private long _count;
    private string _latest = "";
    private DateTimeOffset _first;
    private DateTimeOffset _last;
    private DateTimeOffset _told = DateTimeOffset.MinValue;

    /// <summary>Hears of a refusal by its code.</summary>
    public void Add(string code)
    {
        if (!Codes.Contains(code))
        {
            return;
        }

        var now = time.GetUtcNow();
        long count;
        lock (_gate)
        {
            if (_count == 0 || now - _last >= Shown)
            {
                (_count, _first) = (0, now);
            }

            (_count, _last, _latest) = (_count + 1, now, code);
            if (now - _told < Shown)
            {
                return;
            }

            (_told, count) = (now, _count);
        }

        log.GroundsForged(count, process, code);
    }

    /// <summary>Degraded for an hour after the last one.</summary>
    public ComponentHealth Check()
    {
        lock (_gate)
        {
            return _count == 0 || time.GetUtcNow() - _last >= Shown
                ? ComponentHealth.Ok
                : ComponentHealth.Degraded(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_count} requests of the desk since {_first:yyyy-MM-dd HH:mm} UTC do not follow from their ")
                    + $"grounds, the last with {_latest}: show the privacy officer, unless keys were changed");
        }
    }
}

/// <summary>Event id 1062.</summary>
internal static partial class ForgedGroundsLog
{
    [LoggerMessage(EventId = 1062, Level = LogLevel.Error,
        Message = "{Count} requests of the desk to the {Process} are refused, they do not follow from their grounds: "
            + "{Code}; show the privacy officer, unless keys were changed")]
    public static partial void GroundsForged(this ILogger log, long count, string process, string code);
}
