// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Enforcing;

namespace Weir.Tests.Blocking;

/// <summary>What a stop of the desk leaves of the journal of blocks.</summary>
public sealed class BlocksRegistrationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-blocks-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_stop_in_order_leaves_the_journal_whole_in_one_file()
    {
        var path = Path.Combine(_folder.FullName, "blocks.sqlite");
        var provider = new ServiceCollection().AddBlocks(new MitigationOptions(), path).BuildServiceProvider();
        await provider.GetRequiredService<ReopenedJournal>().ProbeAsync(default);
        Assert.True(File.Exists(path + "-wal"));

        await provider.DisposeAsync();

        Assert.Equal([path], Directory.GetFiles(_folder.FullName));
    }
}
