// SPDX-License-Identifier: Apache-2.0
using Weir.Cli;
using Weir.Cli.Processes;
using Weir.Contracts.Events;

namespace Weir.Tests.Cli.Processes;

public sealed class ProcessKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_key_is_made_once_for_its_owner_alone_and_what_it_signs_is_believed_where_it_is_listed()
    {
        var path = Path.Combine(_folder, "collector", "event.key");
        using var made = ProcessKeys.Open(path);
        using var again = ProcessKeys.Open(path);
        Assert.Equal(made.Public, again.Public);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));

        var list = Path.Combine(_folder, "public-keys");
        ProcessKeys.WriteRing(list, [ProcessKeys.LineOf("collector", "edge-1", made.Public)]);
        var proof = ProcessKeys.ReadRing(list).Verify(made.Sign(EventDocument.Type, EventDocument.Version, "{}"u8));

        Assert.True(proof.IsBelieved);
        Assert.Equal("edge-1", proof.Signer.Name);
    }

    [Theory]
    [InlineData("event.key")]
    [InlineData("keys/grant.key")]
    public void A_key_that_is_gone_beside_a_record_is_not_made_anew_and_is_told(string name)
    {
        var path = Path.Combine(_folder, "collector", name);
        var list = Path.Combine(_folder, "public-keys");
        ProcessKeys.OpenAtStart(path).Dispose();
        File.Delete(path);
        _ = Directory.CreateDirectory(Path.Combine(_folder, "collector", "audit"));
        File.WriteAllText(Path.Combine(_folder, "collector", "audit", "heads.jsonl"), "");

        var gone = Assert.Throws<OperatorException>(() => ProcessKeys.OpenAtStart(path)).Message;
        Assert.Contains(path, gone, StringComparison.Ordinal);
        Assert.Contains("weir restore", gone, StringComparison.Ordinal);
        Assert.Contains("docs/12-backup.md", gone, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        Assert.Equal(gone, ProcessKeys.FaultOf(path, "collector", "edge-1", list));

        // Who makes another says so, and lists it.
        using var made = ProcessKeys.Open(path);
        Assert.Equal("", ProcessKeys.FaultOf(path, "collector", "edge-1", list));
        ProcessKeys.WriteRing(list, [ProcessKeys.LineOf("collector", "edge-2", made.Public)]);
        Assert.Contains(
            $"add `{ProcessKeys.LineOf("collector", "edge-1", made.Public)}`",
            ProcessKeys.FaultOf(path, "collector", "edge-1", list), StringComparison.Ordinal);
        ProcessKeys.WriteRing(list, [ProcessKeys.LineOf("collector", "edge-1", made.Public)]);
        Assert.Equal("", ProcessKeys.FaultOf(path, "collector", "edge-1", list));
        ProcessKeys.OpenAtStart(path).Dispose();
    }

    [Fact]
    public void A_key_that_others_may_read_is_refused()
    {
        var path = Path.Combine(_folder, "event.key");
        File.SetUnixFileMode(_folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        ProcessKeys.Open(path).Dispose();
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Assert.Contains(path, Assert.Throws<OperatorException>(() => ProcessKeys.Open(path)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_cannot_be_had_names_the_setting_and_the_user()
    {
        File.WriteAllText(Path.Combine(_folder, "a-file"), "");

        var refused = Assert.Throws<OperatorException>(
            () => ProcessKeys.Open(Path.Combine(_folder, "a-file", "collector", "event.key"))).Message;

        Assert.Contains("it lies under processes.dir", refused, StringComparison.Ordinal);
        Assert.Contains("run this as that user", refused, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("collector edge-1 ed25519:short", ":1:")]
    [InlineData("# fine\ndesk desk ed25519:AAAA", ":2:")]
    [InlineData("collector", ":1:")]
    public void A_line_that_is_no_key_is_refused_with_its_place(string text, string place)
    {
        var list = Path.Combine(_folder, "public-keys");
        File.WriteAllText(list, text);

        Assert.Contains(list + place, Assert.Throws<OperatorException>(() => ProcessKeys.ReadRing(list)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_that_two_people_signed_are_the_whole_ring()
    {
        using var made = ProcessKeys.Open(Path.Combine(_folder, "collector", "event.key"));
        using var other = ProcessKeys.Open(Path.Combine(_folder, "other", "event.key"));
        var ring = ProcessKeys.RingOf([ProcessKeys.LineOf("collector", "edge-1", made.Public)], "governance.yaml");

        Assert.True(ring.Verify(made.Sign(EventDocument.Type, EventDocument.Version, "{}"u8)).IsBelieved);
        Assert.False(ring.Verify(other.Sign(EventDocument.Type, EventDocument.Version, "{}"u8)).IsBelieved);
    }

    [Fact]
    public void A_list_that_is_missing_says_what_belongs_there() => Assert.Contains(
        "weir keys",
        Assert.Throws<OperatorException>(() => ProcessKeys.ReadRing(Path.Combine(_folder, "none"))).Message,
        StringComparison.Ordinal);
}
