// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Text;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;

namespace Weir.Tests.Matching;

/// <summary>The digest under which a list is in force is that of the octets it was read from.</summary>
public sealed class ListCopyTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-copy").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private static ListCopy Read(string path) => ListCopy.Read(new() { Path = path }, null, TimeProvider.System);

    private static string DigestOf(string text) => ListDigest.Of(Encoding.UTF8.GetBytes(text));

    /// <summary>Somebody puts one of two lists into the place of the other, over and over, until each was read often.
    /// </summary>
    [Fact]
    public async Task A_file_that_changes_meanwhile_is_in_force_under_the_digest_of_what_was_read()
    {
        string[] texts = ["192.0.2.1\n", "192.0.2.2\n"];
        var (path, read) = (Write("list", texts[0]), new int[2]);
        using var stop = new CancellationTokenSource();
        var other = Task.Run(
            () =>
            {
                for (var i = 1; !stop.IsCancellationRequested; i = 1 - i)
                {
                    File.Move(Write("next", texts[i]), path, overwrite: true);
                }
            },
            TestContext.Current.CancellationToken);
        try
        {
            while (read.Min() < 1_000)
            {
                var copy = Read(path);
                var which = Array.IndexOf(texts, Assert.Single(copy.Feed.Entries) + "\n");
                Assert.Equal(DigestOf(texts[which]), copy.Digest);
                read[which]++;
            }
        }
        finally
        {
            await stop.CancelAsync();
            await other;
        }
    }

    /// <summary>Who reads a list may stop before its end; the digest is of the file.</summary>
    [Fact]
    public void What_is_read_in_part_has_the_digest_of_all_and_what_is_read_twice_has_to_be_the_same()
    {
        var digests = new ReadDigests();
        digests.Read("/lists/a", Octets("192.0.2.1\n"), octets => Assert.Equal('1', octets.ReadByte()));
        Assert.Equal(DigestOf("192.0.2.1\n"), digests.Of("/lists/a"));
        digests.Read("/lists/a", Octets("192.0.2.1\n"), _ => { });
        Assert.Contains(
            "changed while it was read",
            Assert.Throws<FeedException>(() => digests.Read("/lists/a", Octets("192.0.2.2\n"), _ => { })).Message,
            StringComparison.Ordinal);

        static MemoryStream Octets(string text) => new(Encoding.UTF8.GetBytes(text));
    }

    /// <summary>A file, packed or not, as <c>sha256sum</c> has it; a folder over the lines that <c>sha256sum *</c>
    /// prints there, files that are no part of the list among them.</summary>
    [Fact]
    public void The_digest_is_what_anybody_computes_over_the_file_or_folder()
    {
        var plain = Write("plain", "192.0.2.1\n");
        Assert.Equal(DigestOf("192.0.2.1\n"), Read(plain).Digest);

        using (var xz = Process.Start("xz", ["-k", plain]))
        {
            xz.WaitForExit();
        }

        var packed = Read(plain + ".xz");
        Assert.Equal(ListDigest.Of(File.ReadAllBytes(plain + ".xz")), packed.Digest);
        Assert.Equal("192.0.2.1", Assert.Single(packed.Feed.Entries).ToString());
        File.WriteAllBytes(plain + ".xz", File.ReadAllBytes(plain + ".xz")[..40]);
        Assert.Contains("is damaged", Assert.Throws<FeedException>(() => Read(plain + ".xz")).Message, StringComparison.Ordinal);

        const string Page = """
            {"objects":[{"type":"indicator","id":"indicator--1","pattern":"[ipv4-addr:value = '192.0.2.7']",
            "pattern_type":"stix","valid_from":"2024-01-01T00:00:00Z"}]}
            """;
        _ = Write("pages/B.json", Page);
        _ = Write("pages/a.txt", "about these pages\n");
        var pages = Read(Path.Combine(_folder, "pages"));
        Assert.Equal("192.0.2.7", Assert.Single(pages.Feed.Entries).ToString());
        Assert.Equal(DigestOf($"{DigestOf(Page)}  B.json\n{DigestOf("about these pages\n")}  a.txt\n"), pages.Digest);
    }
}
