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
        switch (_recognised.Format)
        {
            case "pcap":
                new CaptureReader(_window, Losses).ReadPcap(ref taker, c);
                break;
            case "pcapng":
                new CaptureReader(_window, Losses).ReadPcapNg(ref taker, c);
                break;
            case "payload" or "ipfix-file":
                new PayloadReader(_window, Losses).Read(ref taker, c);
                break;
            default:
                throw new InvalidOperationException($"a {Format} file holds flows, not datagrams");
        }

        NoteDamage();
    }

    /// <summary>Hands on every flow of a table by OnFlow, every refused line by OnMalformed (its offset is the line's
    /// in the unpacked file).</summary>
    public void ReadFlows<TVisitor>(ref TVisitor visitor, CancellationToken c)
        where TVisitor : struct, IFlowVisitor
    {
        if (Kind != InputKind.Flows)
        {
            throw new InvalidOperationException($"a {Format} file holds datagrams, not flows");
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

    private void NoteDamage()
    {
        if (_window.Damage is { } why)
        {
            Losses.DamageFrom(_window.ReadTo, why);
        }
    }
}
