// SPDX-License-Identifier: Apache-2.0
//
// Which lane gets a datagram. Left alone, the kernel hashes addresses and ports; an exporter that changes its source
// port would then meet another lane, which lacks its templates. A classic BPF program on the group of sockets chooses
// by the source address alone, and the same for every port, as the lanes' sockets were bound in the same order.
//
// Standards: socket(7) SO_ATTACH_REUSEPORT_CBPF; Documentation/networking/filter.rst; source address at octet 12 of an
// IPv4 header (RFC 791 §3.1) and octets 8 to 23 of an IPv6 header (RFC 8200 §3).
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Weir.Collector.Collecting.Sockets;

internal static unsafe class ExporterSteering
{
    private const uint NetworkHeader = 0xFFF0_0000;
    private const ushort Load = 0x20;
    private const ushort ToIndex = 0x07;
    private const ushort XorIndex = 0xAC;
    private const ushort Multiply = 0x24;
    private const ushort ShiftRight = 0x74;
    private const ushort Modulo = 0x94;
    private const ushort Answer = 0x16;

    /// <summary>Attaches the choice to the group that <paramref name="socket"/> belongs to.</summary>
    /// <returns>False where the kernel refuses: then it hashes ports too.</returns>
    public static bool TryAttach(Socket socket, int lanes)
    {
        var steps = Steps(socket.AddressFamily == AddressFamily.InterNetworkV6, (uint)lanes);
        fixed (BpfInstruction* first = steps)
        {
            var program = new FilterProgram { Count = (ushort)steps.Length, Steps = first };
            return OperatingSystem.IsLinux()
                && NativeMethods.SetOption(
                    (int)socket.Handle, NativeMethods.SolSocket, NativeMethods.SoAttachReusePortFilter, &program,
                    (uint)sizeof(FilterProgram)) == 0;
        }
    }

    private static BpfInstruction[] Steps(bool v6, uint lanes)
    {
        List<BpfInstruction> steps = [new(Load, NetworkHeader + (v6 ? 8U : 12U))];
        for (var word = 12U; v6 && word < 24; word += 4)
        {
            steps.AddRange([new(ToIndex, 0), new(Load, NetworkHeader + word), new(XorIndex, 0)]);
        }

        return [.. steps, new(Multiply, 0x9E37_79B1), new(ShiftRight, 16), new(Modulo, lanes), new(Answer, 0)];
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct BpfInstruction(ushort code, uint operand)
    {
        public readonly ushort Code = code;
        public readonly byte IfTrue;
        public readonly byte IfFalse;
        public readonly uint Operand = operand;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct FilterProgram
    {
        public ushort Count;
        public BpfInstruction* Steps;
    }
}
