// SPDX-License-Identifier: Apache-2.0
//
// Accounting out of a classic capture file: every UDP packet to an accounting port is taken as if it had just arrived.
using System.Buffers;
using Weir.Vault.Identity.Records;
using Weir.Wire.Files;

namespace Weir.Vault.Identity.Radius;

/// <summary>Reads RADIUS captures.</summary>
internal static class RadiusCapture
{
    private static readonly ushort[] Ports = [1813, 1646];

    /// <summary>Hands on every packet to an accounting port; how many other packets there were. A capture that is cut
    /// short ends there.</summary>
    /// <exception cref="IdentityException">The file is no classic capture.</exception>
    public static long Read(string path, RadiusIntake intake)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        Span<byte> head = stackalloc byte[Pcap.HeaderOctets];
        if (file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) < head.Length
            || !Pcap.TryReadHeader(head, out var pcap))
        {
            throw new IdentityException($"{path} is no pcap capture; convert it with `editcap -F pcap`");
        }

        var frame = ArrayPool<byte>.Shared.Rent(Pcap.LargestPacket);
        Span<byte> recordHead = stackalloc byte[Pcap.RecordHeaderOctets];
        long others = 0;
        while (file.ReadAtLeast(recordHead, recordHead.Length, throwOnEndOfStream: false) == recordHead.Length
            && pcap.TryReadRecord(recordHead, out var record))
        {
            var octets = frame.AsSpan(0, record.Captured);
            if (file.ReadAtLeast(octets, octets.Length, throwOnEndOfStream: false) < octets.Length)
            {
                break;
            }

            var packet = PacketParser.Read(octets, pcap.LinkType);
            if (packet.Kind == PacketKind.Udp && Ports.Contains(packet.DestinationPort))
            {
                _ = intake.Handle(packet.Payload, packet.Source, record.ArrivedAtMs, out _);
            }
            else
            {
                others++;
            }
        }

        ArrayPool<byte>.Shared.Return(frame);
        return others;
    }
}
