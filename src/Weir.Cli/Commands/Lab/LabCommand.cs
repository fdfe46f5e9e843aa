// SPDX-License-Identifier: Apache-2.0
using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Weir.Lab;
using Weir.Lab.Export;
using Weir.Lab.Telling;

namespace Weir.Cli.Commands.Lab;

/// <summary><c>weir lab</c>: a simulated provider's flow exports, with the truth beside them.</summary>
public static class LabCommand
{
    private const int Done = 0;
    private const int BadArguments = 2;
    private const int Unwritable = 3;

    public static Command Create()
    {
        var folder = new Option<DirectoryInfo>("--out")
        {
            Description = "Folder for export.pcap, truth.json, watchlist.txt, networks.txt",
            Required = true
        };
        var to =
            new Option<string?>("--to") { Description = "Send over UDP to HOST:PORT instead of writing export.pcap" };
        var pps =
            new Option<int>("--pps") { Description = "Datagrams a second with --to", DefaultValueFactory = _ => 2_000 };
        var options = new LabArguments();
        var command = new Command(
            "lab",
            """
            Simulate a provider with infected subscribers and export its flows.

            Example: weir lab --out lab --subscribers 20000 --bots 150 --seed 7
            """) { folder, to, pps };
        options.AddTo(command);
        command.Subcommands.Add(LabBlastCommand.Create());
        command.Subcommands.Add(LabScoreCommand.Create());
        command.SetAction((result, cancel) => Task.FromResult(Run(
            result.GetValue(folder)!, (result.GetValue(to), result.GetValue(pps)), options.Read(result),
            result.InvocationConfiguration, cancel)));
        return command;
    }

    /// <summary>Takes HOST:PORT or [HOST]:PORT; a name is looked up.</summary>
    internal static bool TryTarget(string text, out IPEndPoint target)
    {
        target = new IPEndPoint(IPAddress.Loopback, 0);
        if (IPEndPoint.TryParse(text, out var parsed) && parsed.Port > 0)
        {
            target = parsed;
            return true;
        }

        var colon = text.LastIndexOf(':');
        if (colon <= 0
            || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port == 0)
        {
            return false;
        }

        try
        {
            target = new IPEndPoint(Dns.GetHostAddresses(text[..colon])[0], port);
            return true;
        }
        catch (SocketException)
        {
            return false; // an unknown name: the caller says so
        }
    }

    private static int Run(
        DirectoryInfo folder, (string? To, int Pps) send, (LabOptions? Options, IReadOnlyList<string> Faults) read,
        InvocationConfiguration streams, CancellationToken cancel)
    {
        var (to, pps) = send;
        var (output, error) = (streams.Output, streams.Error);
        var faults = read.Faults.ToList();
        IPEndPoint? target = null;
        if (to is not null && !TryTarget(to, out target))
        {
            faults.Add($"--to '{to}' is not HOST:PORT of a known host, for example 127.0.0.1:2055");
        }

        if (pps < 1)
        {
            faults.Add($"--pps is {pps}, must be at least 1");
        }

        if (faults.Count > 0)
        {
            faults.ForEach(fault => error.WriteLine($"weir lab: {fault}"));
            return BadArguments;
        }

        try
        {
            var truth = target is null
                ? LabFolder.Write(folder.FullName, read.Options!, cancel: cancel)
                : SendTo(target, pps, folder.FullName, read.Options!, output, cancel);
            WriteSummary(output, truth, folder.FullName);
            return Done;
        }
        catch (ArgumentException fault) when (read.Options!.RealBot is not null)
        {
            error.WriteLine($"weir lab: {fault.Message}");
            return BadArguments;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"weir lab: cannot write to {folder.FullName}: {fault.Message}");
            return Unwritable;
        }
        catch (SocketException fault)
        {
            error.WriteLine($"weir lab: cannot send to {target}: {fault.Message}");
            return Unwritable;
        }
    }

    private static Truth SendTo(
        IPEndPoint target, int pps, string folder, LabOptions options, TextWriter output, CancellationToken cancel)
    {
        var simulation = new Simulation(options);
        using var sink = new UdpSink(target, pps, TimeProvider.System);
        var truth = LabFolder.Run(folder, simulation, sink, cancel: cancel);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"sent {sink.Sent} datagrams, {sink.SentOctets} octets to {target}; {sink.Refused} refused by the socket"));
        return truth;
    }

    private static void WriteSummary(TextWriter output, Truth truth, string folder)
    {
        var totals = truth.Totals;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{totals.Flows} flows in {totals.Datagrams} "
            + $"datagrams ({totals.DatagramOctets} octets), seed {truth.Run.Seed}"));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{truth.Bots.Count} bots in {truth.Run.Nets} nets, {totals.BotsWithListedExchange} of them seen with a "
                + $"listed endpoint; {totals.HiddenCncsBelowHalfPercent} hidden C&Cs that "
                + $"fewer than 0.5 % of others use"));
        output.WriteLine($"truth and lists in {folder}");
    }
}
