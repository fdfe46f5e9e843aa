// SPDX-License-Identifier: Apache-2.0
using System.Data.Common;
using Weir.Hosting.Sqlite;
using Weir.Tests.Support;

namespace Weir.Tests.Hosting.Sqlite;

/// <summary>The one way to an SQLite file: whose it is, which version it is of, what is said where it cannot be had.
/// </summary>
public sealed class SqliteFileTests : IDisposable
{
    private const string First = "CREATE TABLE kept (id INTEGER PRIMARY KEY, text TEXT NOT NULL)";
    private const string Second = "ALTER TABLE kept ADD COLUMN more TEXT";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-sqlite-");

    private string Place => Path.Combine(_folder.FullName, "inside/kept.sqlite");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Nobody_else_can_read_the_file_its_log_and_its_folder()
    {
        using var file = Open(First);
        _ = file.Write(() => file.Run("INSERT INTO kept VALUES (1, 'a')"));

        Assert.True(File.Exists(Place + "-wal"));
        Assert.All(Directory.EnumerateFiles(Path.GetDirectoryName(Place)!), path =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute,
            File.GetUnixFileMode(Path.GetDirectoryName(Place)!));
    }

    [Fact]
    public void A_file_that_others_could_read_is_closed_to_them_when_it_is_opened()
    {
        Open(First).Dispose();
        File.SetUnixFileMode(Place, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Open(First).Dispose();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Place));
    }

    [Fact]
    public void A_commit_is_on_disk_and_what_is_erased_is_overwritten()
    {
        using var file = Open(First);

        Assert.Equal("wal", Single(file, "PRAGMA journal_mode"));
        Assert.Equal("2", Single(file, "PRAGMA synchronous"));
        Assert.Equal("1", Single(file, "PRAGMA secure_delete"));
        Assert.Equal("1", Single(file, "PRAGMA foreign_keys"));
    }

    [Theory]
    [InlineData("PRAGMA max_page_count = 2", "is full: free some room")]
    [InlineData("PRAGMA query_only = ON", "may not write in")]
    public void A_disk_that_refuses_is_named_with_what_to_do(string refuse, string says)
    {
        using var file = Open(First);
        _ = file.Run(refuse);

        var refused = Assert.Throws<SqliteDiskException>(() => file.Write(() => file.Run(
            "INSERT INTO kept VALUES (1, hex(zeroblob(9000)))")));

        Assert.Contains(Place, refused.Message, StringComparison.Ordinal);
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        _ = file.Run("PRAGMA query_only = OFF");
        Assert.Equal("0", Single(file, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public async Task Closed_while_something_is_written_it_lets_that_end_first()
    {
        var file = Open(First);
        var began = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var goOn = new ManualResetEventSlim();
        var written = file.WriteAsync(
            one =>
            {
                began.SetResult();
                goOn.Wait();
                return one.Run("INSERT INTO kept VALUES (1, 'a')");
            },
            default);
        await began.Task;
        var closing = new Thread(file.Dispose);
        closing.Start();
        Until.IsSo(() => !closing.IsAlive || closing.ThreadState.HasFlag(ThreadState.WaitSleepJoin));
        goOn.Set();

        Assert.Equal(1, await written);
        closing.Join();
        using var again = Open(First);
        Assert.Equal("1", Single(again, "SELECT count(*) FROM kept"));
    }

    [Fact]
    public void Steps_that_a_file_has_behind_it_are_not_taken_again_and_new_ones_are()
    {
        using (var file = Open(First))
        {
            _ = file.Run("INSERT INTO kept VALUES ($1, $2)", 1, "a");
        }

        using (var file = Open(First, Second))
        {
            Assert.Equal("2", Single(file, "PRAGMA user_version"));
            Assert.Equal([("a", (string?)null)], file.Read(
                "SELECT text, more FROM kept", row => (row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1))));
        }

        Open(First, Second).Dispose();
    }

    [Fact]
    public void A_step_that_fails_leaves_the_file_as_it_was()
    {
        Open(First).Dispose();

        var refused = Assert.Throws<SqliteFileException>(() => Open(First, "CREATE TABLE half (id INTEGER); BOGUS"));

        Assert.Contains(Place, refused.Message, StringComparison.Ordinal);
        using var file = Open(First);
        Assert.Equal("1", Single(file, "PRAGMA user_version"));
        Assert.Equal("0", Single(file, "SELECT count(*) FROM sqlite_schema WHERE name = 'half'"));
    }

    [Fact]
    public void A_file_of_a_newer_program_is_refused_and_not_touched()
    {
        Open(First, Second).Dispose();
        var before = File.ReadAllBytes(Place);

        var refused = Assert.Throws<SqliteFileException>(() => Open(First));

        Assert.Equal(
            $"{Place} (what is kept) is of version 2 and this Weir knows 1; run the newer Weir", refused.Message);
        Assert.Equal(before, File.ReadAllBytes(Place));
    }

    [Fact]
    public void A_damaged_file_is_named_with_what_to_do()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Place)!);
        File.WriteAllText(Place, string.Concat(Enumerable.Repeat("no database at all, but text that goes on. ", 200)));

        var refused = Assert.Throws<SqliteFileException>(() => Open(First));

        Assert.StartsWith($"{Place} (what is kept) is damaged: ", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("; restore it from a backup", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_step_is_written_whole_or_not_at_all()
    {
        using var file = Open(First);

        Assert.Throws<InvalidOperationException>(() => file.Write<int>(() =>
        {
            _ = file.Run("INSERT INTO kept VALUES (1, 'a')");
            throw new InvalidOperationException("gone");
        }));
        Assert.ThrowsAny<DbException>(() => file.Write(() => file.Run("INSERT INTO kept VALUES (2, NULL)")));
        _ = file.Write(() => file.Run("INSERT INTO kept VALUES (3, 'c')"));

        Assert.Equal([3], file.Read("SELECT id FROM kept", row => row.GetInt32(0)));
    }

    [Fact]
    public async Task Many_at_once_take_turns()
    {
        using var file = Open(First);

        await Task.WhenAll(Enumerable.Range(1, 50).Select(id => file.WriteAsync(
            open => open.Run("INSERT INTO kept VALUES ($1, $2)", id, "a"), CancellationToken.None)));

        Assert.Equal(
            [50], await file.ReadAsync(
                open => open.Read("SELECT count(*) FROM kept", row => row.GetInt32(0)), CancellationToken.None));
    }

    [Fact]
    public void Who_only_reads_changes_nothing_and_is_told_where_there_is_nothing()
    {
        using var writer = Open(First);
        _ = writer.Run("INSERT INTO kept VALUES (1, 'a')");
        using var reader = SqliteFile.OpenReadOnly(Place, "what is kept");

        Assert.Equal(["a"], reader.Read("SELECT text FROM kept", row => row.GetString(0)));
        Assert.ThrowsAny<DbException>(() => reader.Run("DELETE FROM kept"));
        Assert.Contains(
            "(what is kept) cannot be read",
            Assert.Throws<SqliteFileException>(() => SqliteFile.OpenReadOnly(Place + "x", "what is kept")).Message,
            StringComparison.Ordinal);
    }

    private static string Single(SqliteFile file, string sql) =>
        file.Read(sql, row => row.GetValue(0).ToString()!)[0];

    private SqliteFile Open(params string[] steps) => SqliteFile.Open(new()
    {
        Path = Place, Name = "what is kept",
        Migrations = new(steps.Index().ToDictionary(step => step.Index + 1, step => step.Item)),
    });
}
