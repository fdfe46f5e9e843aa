// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.Exports;

namespace Weir.Collector.Collecting.Files;

/// <summary>
/// Walks messages that stand back to back without any wrapping: payloads as an exporter sent them, and IPFIX files
/// (RFC 5655 §4). One message is one datagram from 0.0.0.0. What begins like no message is passed over and counted.
/// </summary>
internal sealed class PayloadReader(OctetWindow window, InputLosses losses)
{
    private const int Ahead = ExportFraming.Largest + 64;

    public void Read<T>(ref T taker, CancellationToken cancel)
        where T : struct, IDatagramHandler
    {
        var nobody = IpKey.FromV4(0);
        while (!cancel.IsCancellationRequested)
        {
            var more = window.TryFill(Ahead);
            var run = window.Rest;
            if (run.IsEmpty)
            {
                break;
            }

            if (ExportFraming.Begins(run) == ExportProtocol.Unknown)
            {
                Resynchronise(more);
                continue;
            }

            if (!more && ExportFraming.Missing(run) > 0)
            {
                losses.CutAt = window.Position;
            }

            var length = ExportFraming.FirstLength(run);
            losses.Datagrams++;
            taker.OnDatagram(run[..length], nobody, 0, 0);
            window.Advance(length);
        }

        cancel.ThrowIfCancellationRequested();
    }

    private void Resynchronise(bool more)
    {
        losses.DamageFrom(window.Position, "no flow export message begins here");
        var run = window.Rest;
        var last = more ? run.Length - ExportFraming.Largest : run.Length;
        var at = 1;
        while (at < last && ExportFraming.Detect(run[at..]) == ExportProtocol.Unknown)
        {
            at++;
        }

        losses.OctetsSkipped += at;
        window.Advance(at);
    }
}
