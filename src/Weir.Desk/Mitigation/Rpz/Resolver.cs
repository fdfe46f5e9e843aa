// SPDX-License-Identifier: Apache-2.0
//
// A resolver as Weir handles one: told to read the zone again, and asked which serial it has. Both are done by the
// resolver's own control program, so its keys and sockets stay where the operator put them.
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Weir.Desk.Mitigation.Rpz;

/// <summary>One resolver.</summary>
/// <param name="Name">What the operator calls it.</param>
/// <param name="Program"><c>rndc</c> or <c>unbound-control</c>.</param>
/// <param name="Arguments">Arguments before the command: where its configuration and key lie.</param>
/// <param name="Reload">Command that reads the zone again.</param>
/// <param name="Show">Command whose answer holds the serial.</param>
public sealed partial record Resolver(
    string Name, string Program, IReadOnlyList<string> Arguments, IReadOnlyList<string> Reload,
    IReadOnlyList<string> Show)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>One of the configuration.</summary>
    public static Resolver Create(ResolverOptions resolver, RpzOptions zone) => resolver.Kind == ResolverKind.Bind
        ? Bind(resolver.Name, zone, [.. resolver.Arguments])
        : Unbound(resolver.Name, zone, [.. resolver.Arguments]);

    /// <summary>BIND 9 by <c>rndc</c>.</summary>
    public static Resolver Bind(string name, RpzOptions zone, params string[] arguments) =>
        new(name, "rndc", arguments, ["reload", zone.Zone], ["zonestatus", zone.Zone]);

    /// <summary>Unbound 1.16 and later by <c>unbound-control</c>.</summary>
    public static Resolver Unbound(string name, RpzOptions zone, params string[] arguments) =>
        new(name, "unbound-control", arguments, ["auth_zone_reload", zone.Zone], ["list_auth_zones"]);

    /// <summary>Has the zone read again.</summary>
    /// <exception cref="ResolverException">It would not, or could not be reached.</exception>
    public Task ReloadAsync(CancellationToken cancel) => RunAsync(Reload, cancel);

    /// <summary>The serial it answers with.</summary>
    /// <exception cref="ResolverException">It could not be asked, or has no such zone.</exception>
    public async Task<uint> SerialAsync(RpzOptions zone, CancellationToken cancel)
    {
        var said = await RunAsync(Show, cancel);
        var line = said.Split('\n').FirstOrDefault(l => Program == "rndc"
            ? l.StartsWith("serial:", StringComparison.Ordinal)
            : l.StartsWith($"{zone.Zone}.", StringComparison.Ordinal));
        return line is not null && LastNumber().Match(line) is { Success: true } match
            ? uint.Parse(match.Value, NumberStyles.None, CultureInfo.InvariantCulture)
            : throw new ResolverException(
                $"{Name} does not have the zone {zone.Zone}; add it to its configuration with the file {zone.File}");
    }

    [GeneratedRegex(@"\d+(?=\D*$)")]
    private static partial Regex LastNumber();

    private async Task<string> RunAsync(IReadOnlyList<string> command, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Program, [.. Arguments, .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            using var process = Process.Start(start)!;
            try
            {
                var output = process.StandardOutput.ReadToEndAsync(patience.Token);
                var error = await process.StandardError.ReadToEndAsync(patience.Token);
                await process.WaitForExitAsync(patience.Token);
                return process.ExitCode == 0
                    ? await output
                    : throw new ResolverException(
                        $"{Name}: '{Program} {string.Join(' ', command)}' failed: {(error + await output).Trim()}");
            }
            finally
            {
                if (!process.HasExited)
                {
                    process.Kill();
                }
            }
        }
        catch (Win32Exception fault)
        {
            throw new ResolverException(
                $"{Name}: {Program} cannot be run: {fault.Message}; install it on this machine", fault);
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw new ResolverException($"{Name}: {Program} did not answer within {Patience.TotalSeconds:0} s", fault);
        }
    }
}

/// <summary>A resolver could not be told or asked; the message names it and the mend.</summary>
public sealed class ResolverException(string message, Exception? inner = null) : Exception(message, inner);
