// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Store.Embedded;
using Weir.Store.Engine;
using Weir.Tests.Support;
using Weir.Wire.Native;

namespace Weir.Tests.Store;

public sealed class ChildHostTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-child-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_child_that_dies_comes_again_with_its_rows_and_its_state_says_so()
    {
        await using var store = await OpenAsync();
        var first = store.Process!.State;
        Assert.True(first.Running);
        Assert.Equal(0, first.Restarts);
        await ContractTests.InsertAsync(store.Client, Pairs.Make(100), segment: 1);

        Process.GetProcessById(first.ProcessId).Kill();

        await Until.IsSoAsync(() => store.Process.State is { Running: true, Restarts: 1 });
        Assert.NotEqual(first.ProcessId, store.Process.State.ProcessId);
        Assert.Equal(100UL, await store.Client.ScalarAsync<ulong>("SELECT count() FROM pairs", default));
    }

    /// <summary>A run that is interrupted while its store starts says nothing of it.</summary>
    [Fact]
    public async Task A_child_whose_parent_is_gone_before_it_has_begun_ends_without_a_word()
    {
        var options = new FlowStoreServerOptions
        {
            Directory = Path.Combine(_folder, "s"), Socket = Path.Combine(_folder, "s", "1.sock"),
        };
        using var child = Process.Start(new ProcessStartInfo(
            Engines.CommandLine[0], [.. Engines.CommandLine[1..], .. options.ToArguments()])
        {
            RedirectStandardInput = true, RedirectStandardError = true,
        })!;
        child.StandardInput.Close();
        var said = await child.StandardError.ReadToEndAsync();
        await child.WaitForExitAsync();
        Assert.Equal((0, ""), (child.ExitCode, said));
    }

    [Fact]
    public async Task What_the_childs_death_cuts_off_is_asked_again_if_it_only_reads_and_told_if_it_may_not_run_twice()
    {
        await using var store = await OpenAsync();
        var reading = store.Client.ScalarAsync<ulong>(
            "SELECT toUInt64(count() + max(sleep(3))) FROM system.one", default);
        var writing = store.Client.ExecuteAsync(
            "INSERT INTO sightings (day) SELECT toDate(0) FROM system.one WHERE sleep(3) = 0", default);
        await Until.IsSoAsync(async () => await store.Client.ScalarAsync<ulong>(
            "SELECT count() FROM system.processes WHERE query LIKE '%sleep(%' AND query NOT LIKE '%processes%'",
            default) == 2);
        Process.GetProcessById(store.Process!.State.ProcessId).Kill();
        var broken = await Assert.ThrowsAsync<StoreException>(() => writing);
        Assert.True(broken.Retryable, broken.Message);
        Assert.Equal(1UL, await reading);
    }

    [Fact]
    public async Task A_query_beyond_the_memory_limit_is_refused_and_the_store_lives()
    {
        await using var store = await FlowStore.OpenAsync(
            new() { Embedded = Path.Combine(_folder, "s") }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { MemoryLimit = 400L << 20, CommandLine = Engines.CommandLine });
        var refused = await Assert.ThrowsAsync<StoreException>(() => store.Client.ScalarAsync<ulong>(
            "SELECT uniqExact(number) FROM (SELECT number FROM system.numbers LIMIT 100000000)", default));
        Assert.Equal(241, refused.Code);
        Assert.True(refused.Retryable);
        Assert.Equal(1UL, await store.Client.ScalarAsync<ulong>("SELECT toUInt64(1)", default));
        Assert.Equal(0, store.Process!.State.Restarts);
    }

    [Theory]
    [InlineData("SELECT 1", "HTTP/1.1 200")]
    [InlineData("SELECT 1 FORMAT Native", "HTTP/1.1 200")]
    [InlineData("SELECT 1 FROM nowhere", "HTTP/1.1 404")]
    public async Task Whoever_has_the_first_octet_of_a_short_answer_may_ask_under_its_id(string sql, string status)
    {
        await using var store = await OpenAsync();
        // A statement's settings are put back after it: with many, an id that is held until then is met by the next.
        var settings = new StringBuilder();
        await foreach (var block in store.Client.QueryAsync(
            "SELECT concat(name, '=', value) AS s FROM system.settings WHERE name LIKE 'output_format%' "
            + "AND match(value, '^[01]$') LIMIT 60", default))
        {
            foreach (var setting in block["s"].Texts)
            {
                settings.Append('&').Append(setting);
            }
        }

        var request = $"POST /?query_id=one{settings} HTTP/1.1\r\nHost: store\r\n"
            + $"Content-Length: {sql.Length}\r\n\r\n{sql}";
        List<Socket> asked = [];
        try
        {
            for (var i = 0; i < 20; i++)
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                asked.Add(socket);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(store.Client.Address.Socket!));
                await socket.SendAsync(Encoding.ASCII.GetBytes(request));
                var begun = new byte[status.Length];
                Assert.Equal(1, await socket.ReceiveAsync(begun.AsMemory(0, 1)).AsTask().WaitAsync(Until.Patience));
            }

            foreach (var socket in asked)
            {
                var rest = new byte[status.Length - 1];
                Assert.Equal(rest.Length, await socket.ReceiveAsync(rest).WaitAsync(Until.Patience));
                Assert.Equal(status, "H" + Encoding.ASCII.GetString(rest));
            }
        }
        finally
        {
            asked.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task The_folder_and_the_socket_are_their_owners_alone()
    {
        await using var store = await OpenAsync();
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(store.Client.Address.Socket!)
                & (Others | UnixFileMode.UserExecute));
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Path.Combine(_folder, "s")) & Others);
        }
    }

    [Fact]
    public async Task A_second_store_on_the_same_folder_is_refused_and_the_first_goes_on()
    {
        await using var store = await OpenAsync();
        await using var second = new ChildHost(
            new FlowStoreServerOptions
            {
                Directory = Path.Combine(_folder, "s"),
                Socket = Path.Combine(_folder, "other.sock")
            },
            Engines.CommandLine, TimeProvider.System, NullLogger<ChildHost>.Instance);
        var refused = await Assert.ThrowsAsync<StoreException>(() => second.StartAsync(default));
        Assert.Contains("another process may hold it", refused.Message, StringComparison.Ordinal);
        Assert.Equal(1UL, await store.Client.ScalarAsync<ulong>("SELECT toUInt64(1)", default));
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_is_no_hindrance()
    {
        var deep = Path.Combine(_folder, new string('d', 100));
        await using var store = await FlowStore.OpenAsync(
            new() { Embedded = deep }, TimeProvider.System, NullLoggerFactory.Instance, default,
            new() { CommandLine = Engines.CommandLine });
        Assert.Equal(1UL, await store.Client.ScalarAsync<ulong>("SELECT toUInt64(1)", default));
    }

    [Fact]
    public void A_closed_standard_input_ends_the_child_by_itself()
    {
        var options = new FlowStoreServerOptions
        {
            Directory = Path.Combine(_folder, "s"),
            Socket = Path.Combine(_folder, "s", "x.sock")
        };
        using var child = Process.Start(
            new ProcessStartInfo(Engines.CommandLine[0], [.. Engines.CommandLine[1..], .. options.ToArguments()])
        {
            RedirectStandardInput = true
        })!;
        Until.IsSo(() => File.Exists(options.Socket));
        child.StandardInput.Close();
        Assert.True(child.WaitForExit(Until.Patience));
        Assert.Equal(0, child.ExitCode);
    }

    [Theory]
    [InlineData(2, "--dir and --socket are needed", "--dir", "d")]
    [InlineData(2, "'--memory 5' is not understood", "--dir", "d", "--socket", "s", "--memory", "5")]
    [InlineData(2, "'--connections 65' is not understood", "--connections", "65")]
    [InlineData(2, "'--folder x' is not understood", "--folder", "x")]
    [InlineData(1, "longer than 107 octets", "--dir", "d", "--socket",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    public void A_wrong_argument_gets_one_sentence(int exit, string sentence, params string[] arguments)
    {
        using var child = Process.Start(
            new ProcessStartInfo(Engines.CommandLine[0], [.. Engines.CommandLine[1..], .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder
        })!;
        var said = child.StandardError.ReadToEnd();
        child.WaitForExit();
        Assert.Equal(exit, child.ExitCode);
        Assert.Contains(sentence, said, StringComparison.Ordinal);
        Assert.Single(said.Trim().Split('\n'));
    }

    [Fact]
    public void A_missing_library_is_told_with_the_mend()
    {
        var nowhere = Assert.Throws<StoreException>(() => ChDbFile.Find(null, _folder));
        Assert.Contains("npm ci", nowhere.Message, StringComparison.Ordinal);
        Assert.Contains("WEIR_CHDB", nowhere.Message, StringComparison.Ordinal);
        var wrong = Assert.Throws<StoreException>(() => ChDbFile.Find("/nowhere/libchdb.so", _folder));
        Assert.Contains("'/nowhere/libchdb.so'", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_library_is_found_beside_the_program_first_and_then_above_it()
    {
        var modules = Path.Combine(_folder, "native", "node_modules", "@chdb", "lib-linux-x64-gnu");
        var bin = Path.Combine(_folder, "src", "bin");
        Directory.CreateDirectory(modules);
        Directory.CreateDirectory(Path.Combine(bin, "native"));
        File.WriteAllText(Path.Combine(modules, "libchdb.so"), "");
        Assert.Equal(Path.Combine(modules, "libchdb.so"), ChDbFile.Find(null, bin));
        File.WriteAllText(Path.Combine(bin, "native", "libchdb.so"), "");
        Assert.Equal(Path.Combine(bin, "native", "libchdb.so"), ChDbFile.Find("", bin));
    }

    [Fact]
    public void A_file_that_is_no_library_is_named()
    {
        var path = Path.Combine(_folder, "libchdb.so");
        File.WriteAllText(path, "no library");
        Assert.Contains(path, Assert.Throws<StoreException>(() => new ChDb(path)).Message, StringComparison.Ordinal);
    }

    /// <summary>Where the engine took .NET's signal handlers, the child hangs at its own check and this runs
    /// out of patience.</summary>
    private async Task<FlowStore> OpenAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(40));
        return await FlowStore.OpenAsync(
            new() { Embedded = Path.Combine(_folder, "s") }, TimeProvider.System, NullLoggerFactory.Instance, patience.Token,
            new() { CommandLine = Engines.CommandLine });
    }
}
