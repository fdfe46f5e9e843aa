// SPDX-License-Identifier: Apache-2.0
//
// Runs a program with JSON on its standard input, in a session of its own, so that whatever it starts ends with it.
// What it prints is thrown away: it may be about a customer, and a log is no place for that.
using System.ComponentModel;
using System.Diagnostics;
using Weir.Hosting.Posix;

namespace Weir.Hosting.Channels;

/// <summary>Exit code 0 = taken, 75 = later (EX_TEMPFAIL of sysexits.h), others = refused for good.</summary>
public sealed class ScriptRunner(ScriptOptions options, TimeProvider time) : IMessageSender
{
    private const int Later = 75;
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    /// <summary>Gives the program a session and with it a process group, whose number is its own; no fork, since it
    /// leads no group yet.</summary>
    private const string Sessions = "/usr/bin/setsid";

    public async Task<string> SendAsync(ReadOnlyMemory<byte> json, CancellationToken cancel)
    {
        if (!Path.IsPathRooted(options.Program) || !File.Exists(options.Program)
            || (File.GetUnixFileMode(options.Program!)
                & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) == 0)
        {
            throw new ChannelException(
                $"script: {options.Program} is no program that can be run; write its whole path and make it executable",
                isForGood: false);
        }

        using var process = Start();
        var code = await CodeAsync(process, json, cancel);
        return code == 0 ? "exit 0"
            : throw new ChannelException(
                FormattableString.Invariant(
                    $"script: {options.Program} ended with {code}; see what it says when run by hand"),
                isForGood: code != Later);
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(Sessions, [options.Program!, .. options.Arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        start.Environment.Clear();
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["LANG"] = "C.UTF-8";
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception fault)
        {
            throw new ChannelException(
                $"script: {Sessions} cannot be run: {fault.Message}; install util-linux", isForGood: false, fault);
        }
    }

    private async Task<int> CodeAsync(Process process, ReadOnlyMemory<byte> json, CancellationToken cancel)
    {
        using var patient = new CancellationTokenSource(options.Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, patient.Token);
        var printed = Task.WhenAll(
            EmptyAsync(process.StandardOutput.BaseStream), EmptyAsync(process.StandardError.BaseStream));
        try
        {
            await WriteInputAsync(process, json).WaitAsync(either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException fault) when (!cancel.IsCancellationRequested)
        {
            throw new ChannelException(
                FormattableString.Invariant(
                    $"script: {options.Program} ran longer than {options.Limit.TotalSeconds:0.#} s and was ended"),
                isForGood: false, fault);
        }
        finally
        {
            End(process);
            // one that left the session may hold the pipes; they are closed with the process
            _ = await Task.WhenAny(printed, Task.Delay(LastWords, CancellationToken.None));
        }

        async Task EmptyAsync(Stream stream)
        {
            try
            {
                await stream.CopyToAsync(Stream.Null, CancellationToken.None);
            }
            catch (Exception ended) when (ended is IOException or ObjectDisposedException or InvalidOperationException)
            {
                return; // with the process
            }
        }
    }

    private static async Task WriteInputAsync(Process process, ReadOnlyMemory<byte> json)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(json);
            await process.StandardInput.BaseStream.FlushAsync();
            process.StandardInput.Close();
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException or InvalidOperationException)
        {
            return; // it did not want to read all; its exit code says what it makes of that
        }
    }

    /// <summary>Ends the program and all that it started. A group without members is not there, and
    /// nothing happens.</summary>
    private static void End(Process process)
    {
        if (!OwnProcess.KillGroup(process.Id) && !process.HasExited)
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
