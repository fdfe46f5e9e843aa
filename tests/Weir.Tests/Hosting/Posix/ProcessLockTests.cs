// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Files;
using Weir.Hosting.Posix;

namespace Weir.Tests.Hosting.Posix;

public sealed class ProcessLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-lock-").FullName;

    private string File => Path.Combine(_folder, "run", "store.lock");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task One_holds_it_another_is_refused_by_name_and_has_it_when_the_first_is_gone()
    {
        var first = await ProcessLock.TakeAsync(File, TimeSpan.Zero, TimeProvider.System, default);
        var refused = await Assert.ThrowsAsync<IOException>(
            () => ProcessLock.TakeAsync(File, TimeSpan.Zero, TimeProvider.System, default));
        Assert.StartsWith($"{File} is held", refused.Message, StringComparison.Ordinal);
        Assert.Equal(KeyFile.OwnerOnly, System.IO.File.GetUnixFileMode(File));

        var waiting = ProcessLock.TakeAsync(File, TimeSpan.FromMinutes(1), TimeProvider.System, default);
        first.Dispose();

        (await waiting).Dispose();
    }
}
