// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.Collector.Collecting.Files;

/// <summary>
/// One input, recognised by its content: a capture or payload file, which yields datagrams, or a flow table, which
/// yields flows. Read once; afterwards <see cref="Losses"/> says what of it was not handed on.
/// </summary>
public sealed class InputFile : IDisposable
{
    private readonly OctetWindow _window;
    private readonly DetectedFormat _recognised;
    private readonly IDisposable? _besides;

    private InputFile(OctetWindow window, DetectedFormat recognised, IDisposable? besides)
    {
        _window = window;
        _recognised = recognised;
        _besides = besides;
    }

    public InputKind Kind => _recognised.Kind;

    /// <summary>Holds packets: flow exports among them, or, where there are none, flows to be put together.</summary>
    public bool IsCapture => Format is "pcap" or "pcapng";

    /// <summary>"pcap", "pcapng", "payload", "ipfix-file", "nfdump", "argus", "zeek-tsv",
    /// "zeek-json" or "csv".</summary>
    public string Format => _recognised.Format;

    /// <summary>Complete after reading.</summary>
    public InputLosses Losses { get; } = new();

    /// <summary>Opens and recognises a file. Throws <see cref="InputException"/> where it cannot be read or is
    /// nothing Weir knows.</summary>
    public static InputFile Open(string path, InputOptions options)
    {
        var source = UnpackedStream.Open(path, options);
        var window = new OctetWindow(source);
        try
        {
            if (!NfdumpFile.IsOne(window))
            {
                return new(window, FormatDetection.Recognise(path, window, options), null);
            }

            var unpacked = source.IsPacked ? TemporaryCopy.Create(path, window) : null;
            window.Dispose();
            window = NfdumpFile.Open(path, unpacked?.Path ?? path, options);
            return new(window, NfdumpFile.Recognise(), unpacked);
        }
        catch (InputException fault)
        {
            window.Dispose();
            if (window.Damage is { } why)
            {
                throw new InputException($"{path} is damaged at octet {window.ReadTo} of its content "
                    + $"({why.TrimEnd('.')}), too early to tell what it is; take a fresh copy", fault);
            }

            throw;
        }
    }

    /// <summary>Hands on every flow export in the file; only where <see cref="Kind"/> is
    /// <see cref="InputKind.Datagrams"/>.</summary>
    public void ReadDatagrams<T>(ref T taker, CancellationToken c)
        where T : struct, IDatagramHandler
    {
        if (_recognised.Format is "payload" or "ipfix-file")
        {
            new PayloadReader(_window, Losses).Read(ref taker, c);
        }
        else if (Kind == InputKind.Datagrams)
        {
            var fragments = new FragmentReassembler(Losses);
            var exports = new CapturedExports<T>(fragments, Losses, taker);
            ReadCapture(ref exports, c);
            taker = exports.Taker;
            fragments.End();
        }
        else
        {
            throw new InvalidOperationException($"a {Format} file holds flows, not datagrams");
        }

        NoteDamage();
    }

    /// <summary>Hands on every flow of a table by OnFlow, every refused line by OnMalformed (its offset is the line's
    /// in the unpacked file). Of a capture: the packets in it, put together to flows.</summary>
    public void ReadFlows<TVisitor>(ref TVisitor visitor, CancellationToken c)
        where TVisitor : struct, IFlowVisitor
    {
        if (Kind == InputKind.Datagrams)
        {
            if (!IsCapture)
            {
                throw new InvalidOperationException($"a {Format} file holds datagrams, not flows");
            }

            var flows = new PacketFlows(Losses);
            var packets = new CapturedPackets<TVisitor>(flows, visitor);
            ReadCapture(ref packets, c);
            visitor = packets.Visitor;
            flows.End(ref visitor);
            NoteDamage();
            return;
        }

        new FlowTableReader(_window, Losses, _recognised.Table, _recognised.Json, _recognised.LinesBefore).Read(
            ref visitor, c);
        NoteDamage();
    }

    public void Dispose()
    {
        _window.Dispose();
        _besides?.Dispose();
    }

    private void ReadCapture<T>(ref T frames, CancellationToken c)
        where T : struct, IFrameHandler
    {
        var reader = new CaptureReader(_window, Losses);
        if (Format == "pcap")
        {
            reader.ReadPcap(ref frames, c);
        }
        else
        {
            reader.ReadPcapNg(ref frames, c);
        }
    }

    private void NoteDamage()
    {
        if (_window.Damage is { } why)
        {
            Losses.DamageFrom(_window.ReadTo, why);
        }
    }
}
