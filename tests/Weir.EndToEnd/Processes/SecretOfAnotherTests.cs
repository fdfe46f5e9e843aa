// SPDX-License-Identifier: Apache-2.0
using Weir.EndToEnd.Support;
using Weir.Tests.Support;

namespace Weir.EndToEnd.Processes;

/// <summary>One configuration, four users, and a secret that is one's.</summary>
public sealed class SecretOfAnotherTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_password_that_is_anothers_is_told_of_and_stops_only_the_process_that_needs_it()
    {
        Need.OtherUsers();
        File.SetUnixFileMode(_folder.Path, (UnixFileMode)0b111_101_101);
        var (store, desk) = (new SystemUser("sys"), new SystemUser("bin"));
        var password = _folder.File("clickhouse.password", "mellon");
        File.SetUnixFileMode(password, UnixFileMode.UserRead);
        await GiveAsync("sys", password);
        await GiveAsync("bin", Directory.CreateDirectory(_folder.At("lib")).FullName);
        _ = _folder.File("public-keys", "");
        var configuration = _folder.File(
            "weir.yaml",
            $"""
            attributing:
              networks:
                - prefix: 192.0.2.0/24
            processes:
              dir: {_folder.At("lib")}
              public-keys: {_folder.At("public-keys")}
            vault:
              socket: {_folder.At("vault.sock")}
              user: games
            store:
              url: http://127.0.0.1:{FreePort.Tcp()}
              user: weir
              password: file:{password}

            """);

        var (mine, others) = (
            await store.RunWeirAsync("check", "--config", configuration),
            await desk.RunWeirAsync("check", "--config", configuration));
        var started = await desk.RunWeirAsync("store", "--config", configuration);

        Assert.Equal((0, 0), (mine.ExitCode, others.ExitCode));
        Assert.DoesNotContain("store.password", mine.Error, StringComparison.Ordinal);
        Assert.Contains($"store.password: bin may not read {password}", others.Error, StringComparison.Ordinal);
        Assert.Equal(2, started.ExitCode);
        Assert.Contains($"store.password: bin may not read {password}", started.Error, StringComparison.Ordinal);
        Assert.All(
            (WeirResult[])[mine, others, started],
            one => Assert.DoesNotContain("mellon", one.Out + one.Error, StringComparison.Ordinal));
    }

    private static async Task GiveAsync(string user, string path)
    {
        var given = await new SystemUser("root").RunAsync("chown", user, path);
        Assert.True(given.ExitCode == 0, given.Error);
    }
}
