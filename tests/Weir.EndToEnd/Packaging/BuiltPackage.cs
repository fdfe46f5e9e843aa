// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Packaging;

/// <summary>A file of a package, as dpkg would install it.</summary>
/// <param name="Mode">As <c>ls</c> writes it, such as <c>-rw-r--r--</c>.</param>
/// <param name="Owner">User and group, such as <c>root/root</c>.</param>
/// <param name="Path">Absolute; a folder's ends with a slash, a link's is <c>from -> to</c>.</param>
internal sealed record PackageFile(string Mode, string Owner, string Path);

/// <summary>The package of the program that this test run was built with: <c>make deb</c> without its compression, its
/// engine and its own runtime, which <c>make prove</c> tries.</summary>
public sealed class BuiltPackage : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private Task<string>? _built;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>Path of the package; built by the first who asks.</summary>
    internal Task<string> FileAsync()
    {
        Need.Programs("dpkg-deb");
        return _built ??= BuildAsync("one");
    }

    internal async Task<string> BuildAsync(string name)
    {
        var program = Path.Combine(RepositoryRoot.Path, "artifacts", "publish");
        Need.Peer(File.Exists(Path.Combine(program, "Weir.Cli.dll")), "there is no artifacts/publish: make build");
        _ = await RunAsync(
            Path.Combine(RepositoryRoot.Path, "scripts", "deb.sh"), "--program", program, "--out", _folder.At(name));
        return Assert.Single(Directory.GetFiles(_folder.At(name), "weir_*.deb"));
    }

    /// <summary>Every file, in the package's order.</summary>
    internal async Task<List<PackageFile>> ListAsync() =>
    [
        .. (await RunAsync("dpkg-deb", "--contents", await FileAsync()))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split((char[]?)null, 6, StringSplitOptions.RemoveEmptyEntries))
            .Select(words => new PackageFile(words[0], words[1], words[5].TrimStart('.'))),
    ];

    /// <summary>A folder with the package's files and, in <c>DEBIAN</c>, what dpkg reads of it.</summary>
    internal async Task<string> UnpackAsync()
    {
        var to = _folder.At("unpacked");
        if (!Directory.Exists(to))
        {
            _ = await RunAsync("dpkg-deb", "--raw-extract", await FileAsync(), to);
        }

        return to;
    }

    /// <summary>What a program says that ends well.</summary>
    internal static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)}: {await output}{error}");
        return await output;
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
