// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Weir.Cli.Commands.Lab;
using Weir.Collector.Collecting.Files;

namespace Weir.Cli.Commands.Flows;

/// <summary><c>weir replay</c>: sends a capture's flow exports on. Exit 0 sent, 1 the network took none, 2 bad
/// arguments, 3 unreadable.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = "A capture (pcap, pcapng) or payload file holding flow exports; .gz and .xz as they are."
        };
        var to = new Option<string>("--to")
        {
            Description = "Where to, HOST:PORT or [HOST]:PORT.",
            Required = true,
            HelpName = "HOST:PORT"
        };
        var pps = new Option<double?>("--pps")
        {
            Description = "Datagrams a second. Default: the file's own pace, pauses cut to a second.",
            HelpName = "N"
        };
        var command = new Command(
            "replay",
            """
            Send the flow exports of a capture on by UDP, as they are; every exporter of the file keeps a source port of its own.

            Example: weir replay export.pcap --to 127.0.0.1:2055 --pps 1000
            """) { file, to, pps };
        command.SetAction(async (parsed, cancel) => await RunAsync(
            parsed.GetValue(file)!, parsed.GetValue(to)!, parsed.GetValue(pps), TimeProvider.System,
            parsed.InvocationConfiguration.Output, cancel));
        return command;
    }

    internal static async Task<int> RunAsync(
        string file, string to, double? pps, TimeProvider time, TextWriter output, CancellationToken cancel)
    {
        if (pps is { } pace && !(pace > 0 && double.IsFinite(pace)))
        {
            throw new OperatorException(string.Create(
                CultureInfo.InvariantCulture, $"--pps {pace} is no pace; give a number of datagrams a second above 0"));
        }

        if (!LabCommand.TryTarget(to, out var target))
        {
            throw new OperatorException($"--to '{to}' is not HOST:PORT of a known host; write such as 127.0.0.1:2055");
        }

        var result = await SendAsync(new ReplayOptions(file, target) { PacketsPerSecond = pps }, time, cancel);
        foreach (var line in Describe(result, target))
        {
            await output.WriteLineAsync(line);
        }

        return result.Sent == 0 && result.Failed > 0
            ? throw new OperatorException(
                $"{target} takes nothing: {result.FirstFailure}; check the address and the route to it",
                ExitCode.Failed)
            : result.Complete ? ExitCode.Done : ExitCode.Failed;
    }

    internal static IEnumerable<string> Describe(ReplayResult result, IPEndPoint target)
    {
        yield return string.Create(
            CultureInfo.InvariantCulture,
            $"sent {result.Sent} datagrams, {result.Octets} octets to {target} ({result.Format})");
        if (result.Failed > 0)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{result.Failed} datagrams were refused by the network: {result.FirstFailure}");
        }

        foreach (var loss in result.Losses.Describe())
        {
            yield return loss;
        }

        if (!result.Complete)
        {
            yield return "stopped before the end of the file";
        }
    }

    private static async Task<ReplayResult> SendAsync(
        ReplayOptions options, TimeProvider time, CancellationToken cancel)
    {
        try
        {
            return await Replayer.RunAsync(options, time, cancel);
        }
        catch (InputException fault)
        {
            throw new OperatorException(fault.Message, ExitCode.Unreadable);
        }
        catch (SocketException fault)
        {
            throw new OperatorException(
                $"no socket can be opened to {options.Target}: {fault.Message}", ExitCode.Failed);
        }
    }
}
