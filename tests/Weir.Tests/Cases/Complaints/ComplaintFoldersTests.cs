// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Desk.Complaints;

namespace Weir.Tests.Cases.Complaints;

/// <summary>Files that strangers leave in folders: one that cannot be taken stands in the way of no other.</summary>
public sealed class ComplaintFoldersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-complaints-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task An_impossible_name_and_a_folder_that_is_gone_are_told_and_stop_nobody()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        using var desk = Desk(place, "first", "second", "third");
        var folders = Folders(place, desk, "first", "second", "third");
        Shell("printf x > \"$(printf 'a\\377b')\"", At("first")); // a name that is no UTF-8
        Directory.Delete(At("second"), recursive: true);
        await LeaveAsync("third", "good");

        var told = await Assert.ThrowsAsync<IOException>(() => folders.LookAsync(default));

        Assert.Contains("has a name that is no UTF-8", told.Message, StringComparison.Ordinal);
        Assert.Contains("and 1 more", told.Message, StringComparison.Ordinal);
        Assert.Single(place.Scopes);
        Assert.True(File.Exists(At("third/done/good")));

        Shell("rm a*", At("first"));
        Directory.CreateDirectory(At("second/done"));
        await folders.LookAsync(default);
    }

    [Fact]
    public async Task The_longest_name_twice_and_what_is_no_file_are_put_away()
    {
        await using var place = await CaseHandlerFixture.OpenAsync();
        using var desk = Desk(place, "first");
        var folders = Folders(place, desk, "first");
        var name = new string('\u00E9', 127) + "n"; // 255 octets, as many as a name may have
        for (var time = 0; time < 2; time++)
        {
            await LeaveAsync("first", name);
            await folders.LookAsync(default);
        }

        Assert.Equal(2, Directory.GetFiles(At("first/done")).Length);
        Shell("mkfifo pipe pipe.sig && ln -s /nowhere link", At("first"));
        await folders.LookAsync(default).WaitAsync(TimeSpan.FromMinutes(1)); // a pipe without a writer ends never
        Assert.Equal(
            ["link", "pipe", "pipe.sig"],
            Directory.GetFileSystemEntries(At("first/refused")).Select(Path.GetFileName).Order());
        Assert.Empty(Directory.GetFiles(At("first")));
    }

    private string At(string name) => Path.Combine(_folder, name);

    private Task LeaveAsync(string folder, string name) =>
        File.WriteAllBytesAsync(Path.Combine(At(folder), name), Samples.Octets(Samples.Xarf4));

    private ComplaintFolders Folders(CaseHandlerFixture place, ComplaintHandler desk, params string[] names)
    {
        var folders = new ComplaintFolders(
            [.. names.Select(name => new DropFolder(At(name), name, ByMail: false))], desk, place.Clock,
            NullLogger<ComplaintFolders>.Instance);
        folders.Prepare();
        return folders;
    }

    private static ComplaintHandler Desk(CaseHandlerFixture place, params string[] reporters)
    {
        place.Clock.Advance(new DateTimeOffset(2026, 11, 22, 13, 0, 0, TimeSpan.Zero) - place.Clock.GetUtcNow());
        place.Vault.Attribute = (_, _) => CaseHandlerFixture.Subject(7);
        return new(
            new(
                new ReporterAuthenticator([.. reporters.Select(name => new Reporter(name) { TrustedFolder = true })]),
                place.Vault, new RecentComplaints(), place.Clock),
            place.Desk, place.Audit);
    }

    private static void Shell(string command, string folder)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = folder })!;
        shell.WaitForExit();
        Assert.Equal(0, shell.ExitCode);
    }
}
