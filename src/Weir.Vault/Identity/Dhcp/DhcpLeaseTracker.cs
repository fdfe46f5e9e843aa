// SPDX-License-Identifier: Apache-2.0
//
// DHCP leases as holdings. A lease binds the server until it runs out, so the client has the address to the end, unless
// the file says that it was given back, or another client's lease lies inside: then it was given back unseen somewhere
// in between. A renewal carries the same holding on; a row told again changes nothing.
using Weir.Vault.Identity.Intake;
using Weir.Vault.Identity.Keeping;
using Weir.Vault.Identity.Records;
using Weir.Vault.Identity.Tables;
using Weir.Wire;

namespace Weir.Vault.Identity.Dhcp;

/// <summary>Takes leases of any server. One thread.</summary>
internal sealed class DhcpLeaseTracker(IdentityTable table, RecordCounters counters)
{
    private const long SecondMs = 1_000;

    /// <summary>A client has a network from one moment on, for as long as the server promised.</summary>
    public void Lease(Prefix network, SubscriberLineName line, long fromMs, long untilMs)
    {
        if (untilMs <= table.CutoffMs)
        {
            counters.TooOld++;
            return;
        }

        Count(table.Change<bool?>(() =>
        {
            var space = AddressKey.From(network, IdentitySource.Dhcp);
            if (table.TryNewest(space, out var held, out var known, out _)
                && known == line && table.TryGet(held, out var span, out _)
                && fromMs >= span.Sure && fromMs <= span.Promise)
            {
                return table.Set(
                    held,
                    fromMs + SecondMs >= span.Heard
                        ? span with
                        {
                            Heard = fromMs + SecondMs,
                            Promise = Math.Max(fromMs + SecondMs, untilMs),
                            End = Math.Max(fromMs + SecondMs, untilMs)
                        }
                        : span,
                    stopped: true);
            }

            if (table.IsHeld(space, line, fromMs))
            {
                return false;
            }

            var told = new LeaseValidity(
                fromMs, fromMs, fromMs + SecondMs, Math.Max(untilMs, fromMs + SecondMs),
                Math.Max(untilMs, fromMs + SecondMs));
            return table.Hold(space, line, told, stopped: true) == AddressLeaseRef.None ? null : true;
        }));
    }

    /// <summary>A lease ended before its time: given back, declined or taken away.</summary>
    /// <param name="network">What was leased.</param>
    /// <param name="line">Whose; null where the record does not say.</param>
    /// <param name="knownMs">It was still held at this moment.</param>
    /// <param name="endMs">It was over at this moment.</param>
    public void End(Prefix network, SubscriberLineName? line, long knownMs, long endMs)
    {
        Count(table.Change<bool?>(() =>
        {
            var space = AddressKey.From(network, IdentitySource.Dhcp);
            if (!table.TryNewest(space, out var held, out var known, out _) || (line is { } named && named != known)
                || !table.TryGet(held, out var span, out _) || endMs < span.Sure)
            {
                return false;
            }

            var heard = Math.Max(span.Heard, Math.Min(knownMs, span.Promise));
            return table.Set(
                held, span with { Heard = heard, Promise = heard, End = Math.Max(heard, Math.Min(endMs, span.End)) },
                stopped: true);
        }));
    }

    private void Count(bool? changed)
    {
        switch (changed)
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
}
