// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Analysis;
using Weir.Cli.Configuring;
using Weir.Collector.Collecting;
using Weir.Collector.Collecting.Files;
using Weir.Collector.Decoding;
using Weir.Wire;

namespace Weir.Cli.Commands.Flows;

/// <summary>What captures tell about their exporters: decoded in the order given, so that templates of one serve the
/// next. Flows are counted and go nowhere.</summary>
internal static class ExporterDiscovery
{
    private const string HoldsPackets =
        "holds packets, not flow exports, so no exporter speaks in it; weir analyze and "
        + "weir flows put its packets together to flows";

    /// <summary>Reads all inputs or throws the first fault with exit code 3. What of a file was not used, and that it
    /// holds no exports, is said to <paramref name="notes"/>.</summary>
    public static Decoder Read(IReadOnlyList<string> paths, TextWriter notes, CancellationToken cancel)
    {
        var options = DecodingOptions.OfFiles;
        using var inputs = InputReader.Open(paths, InputOptions.Default);
        var decoder = new Decoder(options) { ReadBefore = inputs.ReadFirst(options, cancel) };
        foreach (var path in paths)
        {
            try
            {
                using var file = InputFile.Open(path, InputOptions.Default);
                if (file.Kind != InputKind.Datagrams)
                {
                    throw new InputException($"{path} is a flow table ({file.Format}) and names no exporter; "
                        + "give captures or payload files");
                }

                var taker = new ExporterDatagramHandler(decoder);
                file.ReadDatagrams(ref taker, cancel);
                FlowsCommand.Note(
                    path, file, file.IsCapture && file.Losses is { Datagrams: 0, Packets: > 0 } ? HoldsPackets : null,
                    notes);
            }
            catch (InputException fault)
            {
                throw new OperatorException(fault.Message, ExitCode.Unreadable);
            }
        }

        return decoder;
    }

    /// <summary>Reads the file in which a running Weir keeps what exporters taught it.</summary>
    public static IReadOnlyList<SavedExporter> Saved(string path)
    {
        if (!File.Exists(path))
        {
            throw new OperatorException($"--state {path} does not exist; weir serve writes it every minute to "
                + "where decoding.template-file says", ExitCode.Unreadable);
        }

        try
        {
            return new TemplateFile(path).TryLoad(out var exporters, out var fault)
                ? exporters
                : throw new OperatorException(fault!, ExitCode.Unreadable);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"--state {path} cannot be read: {fault.Message}", ExitCode.Unreadable);
        }
    }

    /// <summary>The configuration that is named; the usual one where nothing else is asked about.</summary>
    public static string? ConfigurationOf(string[] inputs, string? state, string? config) =>
        config ?? (inputs.Length == 0 && state is null ? ConfigOption.Usual() : null);

    /// <summary>The saved file asked about: named itself or by a configuration (<c>decoding.template-file</c>); null =
    /// captures are.</summary>
    public static string? StateOf(string? state, string? config)
    {
        if (config is null)
        {
            return state;
        }

        var reading = GovernedConfiguration.ReadFile(config);
        return state is not null
            ? throw new OperatorException("--state and --config both name a saved file; give one of them")
            : reading.IsSound ? reading.Value.Decoding.TemplateFile
            : throw new OperatorException(reading.Faults[0].At(config));
    }

    /// <summary>One of the two, and not both.</summary>
    public static void Choose(string[] inputs, string? state)
    {
        if (inputs.Length == 0 == (state is null))
        {
            throw new OperatorException(state is null
                ? "nothing to list; give captures, or --config FILE of a running Weir, since there is no "
                    + ConfigOption.UsualFile
                : "captures and a saved file are two questions; give one of them");
        }
    }

    private readonly struct ExporterDatagramHandler(Decoder decoder) : IDatagramHandler
    {
        public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs)
        {
            var nowhere = default(NullFlowSink);
            decoder.Decode(payload, exporter, exporterPort, arrivedAtMs, ref nowhere);
        }
    }

    private readonly struct NullFlowSink : IFlowSink
    {
        public void OnFlow(in FlowRecord flow, ExporterState exporter)
        {
        }
    }
}
