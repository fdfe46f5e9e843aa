// SPDX-License-Identifier: Apache-2.0
using Weir.Cli.Reporting;
using Weir.Contracts.Reports;
using Weir.Desk.Reporting;
using Weir.Desk.Reporting.Html;
using Weir.Hosting.Files;
using Weir.Tests.Support;

namespace Weir.Tests.Reporting;

public sealed class ReportFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-report").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("lab")]
    [InlineData("us-provider")]
    public void Both_files_are_written_and_the_json_reads_back(string profile)
    {
        var shaped = new ReportAnonymizer(ReportKAnonymity.Default, NoNoise.Protection).Shape(SampleReport.Create(profile));

        var files = ReportFiles.Write(shaped, _folder);

        Assert.Equal(ReportJson.Write(shaped), ReportJson.Write(ReportJson.Read(File.ReadAllText(files.Json))));
        Assert.StartsWith("<!doctype html>", File.ReadAllText(files.Html), StringComparison.Ordinal);
        Assert.Equal(2, Directory.GetFileSystemEntries(_folder).Length);
    }

    [Fact]
    public void What_cannot_be_put_in_place_leaves_nothing_behind()
    {
        var taken = Directory.CreateDirectory(Path.Combine(_folder, "report.json"));
        File.WriteAllText(Path.Combine(taken.FullName, "kept"), "as it was");

        Assert.ThrowsAny<Exception>(() => AtomicFile.Write(taken.FullName, "new"));

        Assert.Equal("as it was", File.ReadAllText(Path.Combine(taken.FullName, "kept")));
        Assert.Single(Directory.GetFileSystemEntries(_folder));
    }

    [Fact]
    public void An_older_file_is_replaced_whole()
    {
        var path = Path.Combine(_folder, "a.txt");
        AtomicFile.Write(path, new string('x', 10_000));
        AtomicFile.Write(path, "short");

        Assert.Equal("short", File.ReadAllText(path));
    }
}
