// SPDX-License-Identifier: Apache-2.0
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Weir.Collector.Collecting.Files;

/// <summary>A program whose output is read while it runs; its complaints are kept, its end is
/// awaited or enforced.</summary>
internal sealed class ChildProcess : IDisposable
{
    private const int MaxErrorLength = 2_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly string _name;
    private readonly Task<string> _complaint;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        _complaint = Collect(process.StandardError);
    }

    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>Starts a program in the C locale and UTC; <paramref name="what"/> and <paramref name="mend"/> make the
    /// sentence where it is missing.</summary>
    public static ChildProcess Start(string name, IEnumerable<string> arguments, string what, string mend)
    {
        var start = new ProcessStartInfo(name, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false
        };
        start.Environment["LC_ALL"] = "C";
        start.Environment["TZ"] = "UTC";
        try
        {
            return new(
                Process.Start(start)
                    ?? throw new InputException($"{what}, but the program {name} did not start; {mend}"),
                Path.GetFileName(name));
        }
        catch (Win32Exception fault)
        {
            throw new InputException($"{what}, but the program {name} is not there; {mend}", fault);
        }
    }

    /// <summary>Null where the program ended well and said nothing, else what went wrong.</summary>
    public string? Verdict()
    {
        if (!_process.WaitForExit(Patience))
        {
            return $"{_name} closed its output and did not end";
        }

        var said = _complaint.Wait(Patience) ? _complaint.Result.ReplaceLineEndings("; ").Trim(' ', ';') : string.Empty;
        return (_process.ExitCode, said) switch
        {
            (0, "") => null,
            (0, _) => said,
            (var code, "") => string.Create(CultureInfo.InvariantCulture, $"{_name} ended with code {code}"),
            _ => said,
        };
    }

    public void Dispose()
    {
        try
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the order, which is what was wanted.
        }

        _process.Dispose();
    }

    /// <summary>Reads to the end, so that the program never blocks on its complaints; keeps the beginning.</summary>
    private static async Task<string> Collect(StreamReader from)
    {
        var kept = new char[MaxErrorLength];
        var count = 0;
        var rest = new char[512];
        while (true)
        {
            var room = count < kept.Length;
            var read = await from.ReadAsync(room ? kept.AsMemory(count) : rest).ConfigureAwait(false);
            if (read == 0)
            {
                return new string(kept, 0, count);
            }

            count += room ? read : 0;
        }
    }
}
