// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Scopes;
using Weir.Tests.Support;
using Weir.Vault.Customers;

namespace Weir.Tests.VaultProcess.Customers;

public sealed class LinkKeyFilesTests : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("weir-links-").FullName, "links");
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void The_first_start_makes_a_key_that_its_owner_alone_may_read_and_the_next_finds_it()
    {
        var made = Open().Read();
        Assert.Null(made.Former);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(
            Path.Combine(_folder, LinkKeyFiles.CurrentName)));
        Assert.Equal(made.Current, Open().Read().Current);
    }

    [Fact]
    public void A_key_that_others_may_read_is_refused()
    {
        _ = Open().Read();
        var path = Path.Combine(_folder, LinkKeyFiles.CurrentName);
        File.SetUnixFileMode(path, (UnixFileMode)0b110_100_000);
        Assert.Contains(
            "chmod 600", Assert.Throws<InvalidDataException>(() => Open().Read()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_link_is_accepted_for_its_whole_life_and_no_key_for_more_than_two()
    {
        _clock.Advance(TimeSpan.FromDays(20_000));
        var files = Open();
        var signer = new LinkSigner(files.Read());
        var links = new List<(string Link, DateTimeOffset Until)>();
        var first = signer.Sign(new CaseId(1), _clock.GetUtcNow().AddYears(10));
        for (var day = 0; day < 400; day++)
        {
            signer.Use(files.Read());
            var until = _clock.GetUtcNow() + Lifetime;
            links.Add((signer.Sign(new CaseId(7), until), until));
            Assert.All(links, l =>
                Assert.Equal(_clock.GetUtcNow() < l.Until, signer.TryRead(l.Link, _clock.GetUtcNow(), out _)));
            Assert.Equal(day < 180, signer.TryRead(first, _clock.GetUtcNow(), out _));
            _clock.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public void A_stop_in_the_middle_of_a_change_loses_no_link()
    {
        var files = Open();
        var signer = new LinkSigner(files.Read());
        _clock.Advance(Lifetime);
        var link = signer.Sign(new CaseId(7), _clock.GetUtcNow() + Lifetime);

        // As it is when the former key was written and the new one was not.
        File.Copy(Path.Combine(_folder, LinkKeyFiles.CurrentName), Path.Combine(_folder, LinkKeyFiles.FormerName));
        File.SetUnixFileMode(
            Path.Combine(_folder, LinkKeyFiles.FormerName), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        signer.Use(Open().Read());
        Assert.True(signer.TryRead(link, _clock.GetUtcNow(), out _));
    }

    private LinkKeyFiles Open() => new(_folder, Lifetime, _clock);
}
