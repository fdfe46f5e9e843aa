// SPDX-License-Identifier: Apache-2.0
//
// Port blocks as holdings. Only the two ends of a block are told, nothing between; so what lies between them is the
// block's promise, which another's record inside breaks. A release whose allocation never came is known to be true for
// its own moment alone; the allocation may still come.
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Cgnat;

/// <summary>A block given or taken back.</summary>
/// <param name="Outside">Address seen by the world.</param>
/// <param name="From">First port.</param>
/// <param name="To">Last port.</param>
/// <param name="Inside">Address behind the translation; default where <paramref name="Line"/> names
/// the line itself.</param>
/// <param name="Line">The line, where the record names it.</param>
/// <param name="IsRelease">Taken back.</param>
/// <param name="AtMs">When, milliseconds since the UNIX epoch.</param>
/// <param name="GrainMs">How exact the time is: 1000 where it is written in seconds.</param>
/// <param name="Protocol">IANA number; 0 where the block is of every protocol.</param>
internal readonly record struct PortBlockEvent(
    IpKey Outside, ushort From, ushort To, IpKey Inside, SubscriberLineName? Line, bool IsRelease,
    long AtMs, long GrainMs, byte Protocol = 0);

/// <summary>Takes port-block events of any source. One thread.</summary>
internal sealed class PortBlockTracker(IdentityTable table, RecordCounters counters)
{
    private const long DayMs = 86_400_000;

    public void Handle(PortBlockEvent told, long arrivedAtMs, bool live)
    {
        if (live && Math.Abs(told.AtMs - arrivedAtMs) > DayMs)
        {
            counters.ClockRefused++;
            told = told with { AtMs = arrivedAtMs };
        }

        if (told.AtMs < table.CutoffMs)
        {
            counters.TooOld++;
            return;
        }

        switch (table.Change(() => told.IsRelease ? Release(in told) : Allocate(in told)))
        {
            case true:
                counters.Applied++;
                break;
            case false:
                counters.Stale++;
                break;
            default:
                counters.Refused++;
                break;
        }
    }

    private bool? Allocate(in PortBlockEvent told)
    {
        var space = AddressKey.OfPorts(told.Outside, told.From, told.To, told.Protocol);
        var heard = told.AtMs + told.GrainMs;
        if (table.TryFindBlock(space, told.Line, told.Inside, told.AtMs, out var known))
        {
            return false;
        }

        // A release of it that came before: the block reached to there.
        if (table.TryFindRelease(space, told.Line, told.Inside, told.AtMs, out known)
            && table.TryGet(known, out var span, out _))
        {
            return table.Set(known, span with { Begin = told.AtMs, Sure = told.AtMs, Heard = heard }, stopped: true);
        }

        return Hold(
            space, in told, new LeaseValidity(told.AtMs, told.AtMs, heard, heard, heard + table.RetentionMs),
            stopped: false);
    }

    private bool? Release(in PortBlockEvent told)
    {
        var space = AddressKey.OfPorts(told.Outside, told.From, told.To, told.Protocol);
        var until = told.AtMs + told.GrainMs;
        if (!table.TryFindOpen(space, told.Line, told.Inside, told.AtMs, out var open, out var repeated))
        {
            return repeated ? false : Hold(space, in told, LeaseValidity.Known(told.AtMs, until), stopped: true);
        }

        _ = table.TryGet(open, out var span, out _);
        return table.Set(
            open, span with { Promise = Math.Max(span.Heard, until), End = Math.Max(span.Heard, until) },
            stopped: true);
    }

    private bool? Hold(AddressKey space, in PortBlockEvent told, LeaseValidity span, bool stopped)
    {
        var held = told.Line is { } line
            ? table.Hold(space, line, in span, stopped)
            : table.Hold(space, told.Inside, in span, stopped);
        return held == AddressLeaseRef.None ? null : true;
    }
}
