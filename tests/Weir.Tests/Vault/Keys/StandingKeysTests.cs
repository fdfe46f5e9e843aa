// SPDX-License-Identifier: Apache-2.0
using System.Security.Cryptography;
using Weir.Contracts.Consents;
using Weir.Vault.Consenting;
using Weir.Vault.Customers;
using Weir.Vault.Keys;
using Weir.Wire;

namespace Weir.Tests.Vault.Keys;

/// <summary>Keys of the vault that are gone while what was made under them is there.</summary>
public sealed class StandingKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-standing-").FullName;

    private string Record => Path.Combine(_folder, "audit");

    private string Sessions => Path.Combine(_folder, "identity.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("grant.key")]
    [InlineData("lines.key")]
    [InlineData("names.key")]
    public void A_vault_with_a_record_and_without_one_of_its_keys_does_not_start(string name)
    {
        var made = Open().Names;
        Assert.Equal(made, Open().Names);
        var path = Path.Combine(_folder, "keys", name);
        File.Delete(path);
        Begin(Path.Combine(Record, "heads.jsonl"));

        var lost = Assert.Throws<InvalidDataException>(Open).Message;
        Assert.Contains($"{path} is not there, and {Record} was made under it", lost, StringComparison.Ordinal);
        Assert.Contains("`weir restore` (docs/12-backup.md)", lost, StringComparison.Ordinal);
        Assert.Contains($"write why into {path}.anew", lost, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
        File.WriteAllText(path + ".anew", "");
        Assert.Throws<InvalidDataException>(Open);

        File.WriteAllText(path + ".anew", "disk burnt");
        _ = Open();
        Assert.True(File.Exists(path));
        Assert.Equal("disk burnt", File.ReadAllText(path + ".begun-anew"));
        File.Delete(path);
        Assert.Throws<InvalidDataException>(Open);
    }

    [Fact]
    public void Kept_sessions_without_the_key_that_they_are_sealed_under_are_told_too()
    {
        File.WriteAllBytes(Sessions, []);
        _ = Open();
        File.Delete(Path.Combine(_folder, "keys", "names.key"));
        Begin(Sessions);

        Assert.Contains(Sessions, Assert.Throws<InvalidDataException>(Open).Message, StringComparison.Ordinal);
        File.Delete(Sessions);
        _ = Open();
    }

    [Theory]
    [InlineData("signing.key")]
    [InlineData("sealing.key")]
    public void Consents_without_one_of_their_keys_are_told(string name)
    {
        var keys = new ConsentKeys(Path.Combine(_folder, "consents"));
        keys.Prepare();
        var (id, line) = (ConsentId.Fresh(), IpKey.Parse("2001:db8::7"));
        var given = keys.Seal(id, line);
        File.WriteAllText(keys.Book, "a consent\n");
        var path = Path.Combine(_folder, "consents", name);
        File.Move(path, path + ".aside");

        var lost = Assert.Throws<InvalidDataException>(keys.Prepare).Message;
        Assert.Contains($"{path} is not there, and {keys.Book}", lost, StringComparison.Ordinal);
        Assert.Contains("no backup has it (docs/12-backup.md)", lost, StringComparison.Ordinal);
        File.Move(path + ".aside", path);
        keys.Prepare();
        Assert.Equal(line, keys.Open(id, given));
    }

    [Fact]
    public void A_key_of_links_that_is_gone_beside_the_one_before_it_is_told()
    {
        var links = new LinkKeyFiles(Path.Combine(_folder, "links"), TimeSpan.FromDays(1), TimeProvider.System);
        _ = links.Read();
        var path = Path.Combine(_folder, "links", LinkKeyFiles.CurrentName);
        File.Move(path, Path.Combine(_folder, "links", LinkKeyFiles.FormerName));

        Assert.Contains(
            path, Assert.Throws<InvalidDataException>(links.Read).Message, StringComparison.Ordinal);
    }

    private static void Begin(string file)
    {
        _ = Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, RandomNumberGenerator.GetBytes(8));
    }

    private StandingKeys Open() => new(Path.Combine(_folder, "keys"), Record, Sessions);
}
