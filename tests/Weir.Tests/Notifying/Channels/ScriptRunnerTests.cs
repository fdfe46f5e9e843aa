// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using Weir.Hosting.Channels;
using Weir.Tests.Support;

namespace Weir.Tests.Notifying.Channels;

public sealed class ScriptRunnerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-script-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_script_reads_the_message_and_gets_its_arguments_as_they_are()
    {
        var script = Script("cat > \"$1\"; printf '%s|' \"$@\" > \"$1.args\"; env > \"$1.env\"");
        var at = Path.Combine(_folder, "taken");

        Assert.Equal(
            "exit 0",
            await Runner(script, at, "a b; $(touch /nowhere)", "*").SendAsync("{\"id\":\"ä\"}"u8.ToArray(), default));

        Assert.Equal("{\"id\":\"ä\"}", await File.ReadAllTextAsync(at));
        Assert.Equal($"{at}|a b; $(touch /nowhere)|*|", await File.ReadAllTextAsync(at + ".args"));
        Assert.DoesNotContain("HOME=", await File.ReadAllTextAsync(at + ".env"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(75, false)]
    [InlineData(1, true)]
    [InlineData(64, true)]
    public async Task Seventy_five_means_later_and_nothing_it_prints_is_repeated(int code, bool isForGood)
    {
        var refused = await Assert.ThrowsAsync<ChannelException>(
            () => Runner(Script($"cat; cat >&2; exit {code}")).SendAsync("secret"u8.ToArray(), default));

        Assert.Equal(isForGood, refused.IsPermanent);
        Assert.Contains($"ended with {code}", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_runs_too_long_is_ended_with_all_that_it_started()
    {
        var at = Path.Combine(_folder, "child");
        var script = Script($"sleep 1000 & echo $! > {at}.part; mv {at}.part {at}; wait");

        var refused = await Assert.ThrowsAsync<ChannelException>(
            () => new ScriptRunner(new() { Program = script, Limit = TimeSpan.FromSeconds(3) }, TimeProvider.System)
                .SendAsync("{}"u8.ToArray(), default));

        Assert.False(refused.IsPermanent);
        Assert.Contains("ran longer", refused.Message, StringComparison.Ordinal);
        if (File.Exists(at)) // on a machine so slow that it had not begun there is nothing to end
        {
            var child = int.Parse(await File.ReadAllTextAsync(at), CultureInfo.InvariantCulture);
            await Until.IsSoAsync(() => !IsAlive(child));
        }
    }

    [Fact]
    public async Task One_that_reads_nothing_is_judged_by_its_exit()
    {
        Assert.Equal("exit 0", await Runner(Script("exit 0")).SendAsync(new byte[1 << 20], default));
    }

    [Fact]
    public async Task What_is_no_program_is_said_so_and_tried_later()
    {
        var plain = Path.Combine(_folder, "plain");
        await File.WriteAllTextAsync(plain, "x");
        foreach (var program in new[] { plain, Path.Combine(_folder, "none"), "sh" })
        {
            Assert.False((await Assert.ThrowsAsync<ChannelException>(
                () => Runner(program).SendAsync("{}"u8.ToArray(), default))).IsPermanent);
        }
    }

    /// <summary>There and no corpse that waits for its parent.</summary>
    private static bool IsAlive(int process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static ScriptRunner Runner(string program, params string[] arguments) =>
        new(new() { Program = program, Arguments = arguments, Limit = TimeSpan.FromSeconds(100) }, TimeProvider.System);

    private string Script(string text)
    {
        var path = Path.Combine(_folder, "script");
        File.WriteAllText(path, $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_000_000);
        return path;
    }
}
