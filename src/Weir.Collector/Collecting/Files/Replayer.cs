// SPDX-License-Identifier: Apache-2.0
//
// Sends the flow exports of a capture or payload file on by UDP, as they are. The sender's address cannot be kept, so
// every exporter of the file gets a source port of its own: templates and sequence numbers of two exporters do not mix
// at a receiver that tells them apart by port.
using System.Net;
using Weir.Wire;

namespace Weir.Collector.Collecting.Files;

/// <summary>What to send where, and how fast.</summary>
/// <param name="Path">A file whose kind is <see cref="InputKind.Datagrams"/>.</param>
/// <param name="Target">Where to; the operator may aim anywhere.</param>
public sealed record ReplayOptions(string Path, IPEndPoint Target)
{
    /// <summary>Datagrams per second; null keeps the file's own pace (<see cref="PaceWithoutTimes"/>
    /// where it has none).</summary>
    public double? PacketsPerSecond { get; init; }

    /// <summary>A longer gap in the file is cut to this.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Datagrams per second for files that hold no times.</summary>
    public const double PaceWithoutTimes = 10_000;

    public InputOptions Input { get; init; } = InputOptions.Default;
}

/// <summary>What a replay did.</summary>
/// <param name="Format">Of the file, as <see cref="InputFile.Format"/>.</param>
/// <param name="Sent">Datagrams given to the network.</param>
/// <param name="Octets">Their payload octets.</param>
/// <param name="Failed">Datagrams the network refused: too large, no route.</param>
/// <param name="FirstFailure">Why the first of them was refused; empty where none was.</param>
/// <param name="Complete">False = cancelled before the end of the file.</param>
/// <param name="Losses">What of the file was not handed on.</param>
public sealed record ReplayResult(
    string Format, long Sent, long Octets, long Failed, string FirstFailure, bool Complete, InputLosses Losses);

/// <summary>Plays a file of exports to a collector.</summary>
public static class Replayer
{
    /// <summary>Sends until the file ends or <paramref name="cancel"/>; throws <see cref="InputException"/> where the
    /// file is none of exports.</summary>
    public static Task<ReplayResult> RunAsync(ReplayOptions options, TimeProvider time, CancellationToken cancel) =>
        Task.Factory.StartNew(
            () => Run(options, time, cancel), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default);

    private static ReplayResult Run(ReplayOptions options, TimeProvider time, CancellationToken cancel)
    {
        if (options.PacketsPerSecond is { } pace && !(pace > 0 && double.IsFinite(pace)))
        {
            throw new InputException($"--pps {pace} is no pace; give a number of datagrams per second above 0");
        }

        using var file = InputFile.Open(options.Path, options.Input);
        if (file.Kind != InputKind.Datagrams)
        {
            throw new InputException(
                $"{options.Path} is a flow table ({file.Format}); replay sends captures and payload files only");
        }

        using var sending = new ReplaySender(options, time, cancel);
        var taker = new ReplayDatagramHandler(sending);
        var complete = true;
        try
        {
            file.ReadDatagrams(ref taker, cancel);
        }
        catch (OperationCanceledException)
        {
            complete = false;
        }

        return new(
            file.Format, sending.Sent, sending.Octets, sending.Failed, sending.FirstFailure, complete, file.Losses);
    }

    private readonly struct ReplayDatagramHandler(ReplaySender sending) : IDatagramHandler
    {
        public void OnDatagram(ReadOnlySpan<byte> payload, IpKey exporter, ushort exporterPort, long arrivedAtMs) =>
            sending.Send(payload, new(exporter, exporterPort), arrivedAtMs);
    }
}
