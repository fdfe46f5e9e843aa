// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Hosting;
using Weir.Hosting.Files;
using Weir.Hosting.Posix;

namespace Weir.Vault.Keys;

/// <summary>The vault's folder, this process's alone from when it is made until it is disposed.</summary>
internal sealed class VaultFolder : IHostedService, IDisposable
{
    private readonly FileStream _lock;

    /// <exception cref="InvalidDataException">Others may enter the folder.</exception>
    /// <exception cref="IOException">Another vault has it.</exception>
    public VaultFolder(string path)
    {
        KeyFile.Folder(path);
        Path = path;
        try
        {
            _lock = FileLock.Take(At("lock"));
        }
        catch (IOException taken)
        {
            throw new IOException($"vault.dir: {taken.Message}", taken);
        }
    }

    public string Path { get; }

    /// <summary>A file or folder in it.</summary>
    public string At(string name) => System.IO.Path.Combine(Path, name);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _lock.Dispose();
}
