// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Tests.Support;

namespace Weir.Tests.Contracts.Ssh;

/// <summary>OpenSSH's own program, in a folder of its own.</summary>
internal sealed class SshKeygen : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-ssh-").FullName;

    public SshKeygen() => Need.Programs("ssh-keygen");

    public string At(string name) => Path.Combine(_folder, name);

    /// <summary>A new key without a passphrase; its public half.</summary>
    public string Make(string name, params string[] kind)
    {
        var (code, _, error) = Run("", ["-q", .. kind, "-N", "", "-C", name, "-f", At(name)]);
        Assert.True(code == 0, error);
        return File.ReadAllText(At(name + ".pub"));
    }

    /// <summary>Signs with a key made here.</summary>
    public string Sign(string name, string message, string forNamespace, params string[] more)
    {
        var (code, output, error) = Run(message, ["-Y", "sign", "-q", "-f", At(name), "-n", forNamespace, .. more]);
        Assert.True(code == 0, error);
        return output;
    }

    /// <summary>Whether it believes a signature.</summary>
    public bool Verifies(string allowed, string who, string message, string signature, string forNamespace)
    {
        File.WriteAllText(At("allowed"), allowed);
        File.WriteAllText(At("signature"), signature);
        return Run(message, "-Y", "verify", "-f", At("allowed"), "-I", who, "-n", forNamespace, "-s", At("signature"))
            .Code == 0;
    }

    public (int Code, string Output, string Error) Run(string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("ssh-keygen", arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result, error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
