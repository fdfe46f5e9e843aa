// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using Weir.Contracts.Ssh;
using Weir.Desk.Complaints;
using Weir.Desk.Enrichment;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Desk.Policy;
using Weir.Hosting.Channels;
using Weir.Hosting.Files;
using Weir.Hosting.Governance;
using Weir.Hosting.Sections;
using Weir.Vault.Identity.Radius;

namespace Weir.Tests.Hosting.Files;

/// <summary>Files that somebody else puts there.</summary>
public sealed class OrdinaryFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-ordinary-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    public static TheoryData<string> Readers =>
        ["signed list", "list", "digest", "governance", "anchor", "secret", "policy", "owners", "radius", "reporter"];

    /// <summary>Nobody writes into it, so whoever opened it would wait for ever: the bound only ends a broken build.
    /// </summary>
    [Theory]
    [MemberData(nameof(Readers))]
    public async Task A_pipe_is_refused_by_name_and_never_waited_for(string reader)
    {
        var pipe = At("pipe");
        using (var made = Process.Start("mkfifo", ["-m", "600", pipe]))
        {
            made.WaitForExit();
            Assert.Equal(0, made.ExitCode);
        }

        var told = await Task.Run(() => Assert.ThrowsAny<Exception>(() => Read(reader, pipe)).Message)
            .WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Contains($"{pipe} is no ordinary file; put one there", told, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_is_read_whole_up_to_its_bound_and_a_link_leads_to_it()
    {
        File.WriteAllText(At("file"), "1234");
        _ = File.CreateSymbolicLink(At("link"), At("file"));
        _ = File.CreateSymbolicLink(At("folder-link"), _folder);

        Assert.Equal("1234"u8.ToArray(), OrdinaryFile.Read(At("link"), 4));
        Assert.Equal("1234", OrdinaryFile.ReadText(At("file"), 4));
        Assert.Equal(["1234"], OrdinaryFile.Lines(At("link")));
        Assert.Null(OrdinaryFile.ReadIfAny(At("none"), 4));
        Assert.Contains(
            $"{At("file")} is larger than the 3 octets", Assert.Throws<IOException>(
                () => OrdinaryFile.ReadIfAny(At("file"), 3)).Message, StringComparison.Ordinal);
        foreach (var folder in (string[])[_folder, At("folder-link"), "/dev/zero"])
        {
            Assert.Contains(
                $"{folder} is no ordinary file",
                Assert.Throws<IOException>(() => OrdinaryFile.Read(folder, 4)).Message, StringComparison.Ordinal);
        }
    }

    /// <summary>As one that is written to meanwhile: the kernel's own files hold more than their length says.</summary>
    [Fact]
    public void A_file_that_holds_more_than_its_length_says_is_refused_and_not_cut()
    {
        Assert.NotEmpty(File.ReadAllText("/proc/self/status"));
        Assert.Contains(
            "/proc/self/status grew while it was read",
            Assert.Throws<IOException>(() => OrdinaryFile.Read("/proc/self/status", 1 << 20)).Message,
            StringComparison.Ordinal);
    }

    private static void Read(string reader, string pipe)
    {
        using var key = new SshSigningKey();
        _ = reader switch
        {
            "signed list" => Try(() => throw SignedList.Read(
                OwnedList.In(pipe, "theirs", key.Public), null, DateTimeOffset.UnixEpoch).Fault!),
            "list" => Try(() => FeedFile.Read(pipe, new ReadDigests(), _ => { })),
            "digest" => ListDigest.Of(pipe),
            "governance" => SignedGovernance.Read(pipe),
            "anchor" => TrustAnchor.Read(pipe),
            "secret" => SecretFile.Line(pipe, "the token"),
            "policy" => PolicyReader.ReadFile(pipe, signer: null),
            "owners" => OwnerFile.Read(pipe),
            "radius" => RadiusSecrets.ReadFile(pipe),
            "reporter" => (object?)ReporterKeys.Open(new()
            {
                Reporters = [new() { Name = "them", Proof = ReporterProof.Signature, KeyFile = pipe }],
            }),
            _ => throw new ArgumentOutOfRangeException(nameof(reader), reader, "no such reader"),
        };
    }

    private static object? Try(Action read)
    {
        read();
        return null;
    }
}
