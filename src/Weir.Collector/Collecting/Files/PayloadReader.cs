// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;
using Weir.Wire.Files;

namespace Weir.Collector.Collecting.Files;

/// <summary>
/// Walks messages that stand back to back without any wrapping: payloads as an exporter sent them, and IPFIX files
/// (RFC 5655 §4). One message is one datagram from 0.0.0.0. What begins like no message is passed over and counted.
/// </summary>
internal sealed class PayloadReader(OctetWindow window, InputLosses losses)
{
    private const int Ahead = PayloadSplitter.Largest + 64;

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

            var protocol = FlowExportHeuristic.ByVersionWord(run);
            if (protocol == ExportProtocol.Unknown)
            {
                Resynchronise(more);
                continue;
            }

            if (protocol == ExportProtocol.Ipfix && !more && ReadLength(run) > run.Length)
            {
                losses.CutAt = window.Position;
            }

            var length = PayloadSplitter.FirstLength(run);
            losses.Datagrams++;
            taker.OnDatagram(run[..length], nobody, 0, 0);
            window.Advance(length);
        }

        cancel.ThrowIfCancellationRequested();
    }

    private static int ReadLength(ReadOnlySpan<byte> message) =>
        System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(message[2..]);

    private void Resynchronise(bool more)
    {
        losses.DamageFrom(window.Position, "no flow export message begins here");
        var run = window.Rest;
        var last = more ? run.Length - PayloadSplitter.Largest : run.Length;
        var at = 1;
        while (at < last && FlowExportHeuristic.Detect(run[at..]) == ExportProtocol.Unknown)
        {
            at++;
        }

        losses.OctetsSkipped += at;
        window.Advance(at);
    }
}
