// SPDX-License-Identifier: Apache-2.0
using FsCheck;
using FsCheck.Fluent;
using Weir.Contracts.Clients;
using Weir.Contracts.Scopes;
using Weir.Vault.Sealing;
using Weir.Wire;

namespace Weir.Tests.Vault.Sealing;

public sealed class CaseSealStoreTests : IDisposable
{
    private static readonly CaseId Id = new(0xC0FFEE);
    private static readonly SealedSubject Ann = new(IpKey.Parse("10.0.0.7"), "user:ann", 100, 1_000);

    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("weir-seals-").FullName, "cases");
    private readonly CaseSealStore _seals;

    public CaseSealStoreTests() => _seals = new CaseSealStore(_folder);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);

    [Fact]
    public void What_is_sealed_opens_with_the_cases_own_key_after_a_restart_too()
    {
        Assert.True(_seals.Seal(Id, Ann));

        Assert.Equal(Ann, new CaseSealStore(_folder).Open(Id));
        Assert.Equal([Id], new CaseSealStore(_folder).All());
        Assert.Null(_seals.Open(new CaseId(1)));
        Assert.All(Directory.GetFiles(_folder), path =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }

    [Fact]
    public void A_case_is_about_one_subject_for_good()
    {
        _seals.Seal(Id, Ann);

        Assert.False(_seals.Seal(Id, Ann with { Epoch = 101 }));
        Assert.Throws<VaultRefusedException>(() => _seals.Seal(Id, Ann with { Subject = IpKey.Parse("10.0.0.8") }));
        Assert.Equal(Ann, _seals.Open(Id));
    }

    [Fact]
    public void Two_cases_of_one_subject_have_nothing_in_common()
    {
        _seals.Seal(Id, Ann);
        _seals.Seal(new CaseId(2), Ann);

        var files = Directory.GetFiles(_folder).Select(File.ReadAllBytes).ToList();
        Assert.Equal(4, files.Count);
        Assert.Equal(4, files.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void Destroyed_it_opens_no_more_and_no_file_of_it_is_left()
    {
        _seals.Seal(Id, Ann);
        var sealedUp = File.ReadAllBytes(Path.Combine(_folder, $"{Id}.seal"));

        Assert.True(_seals.Destroy(Id));

        Assert.Null(_seals.Open(Id));
        Assert.Empty(Directory.GetFiles(_folder));
        Assert.False(_seals.Destroy(Id));

        // A copy of what was sealed is of no use: the next key is another one.
        _seals.Seal(Id, Ann);
        File.WriteAllBytes(Path.Combine(_folder, $"{Id}.seal"), sealedUp);
        Assert.Throws<InvalidDataException>(() => _seals.Open(Id));
    }

    [Fact]
    public void A_key_without_its_seal_or_a_seal_without_its_key_is_nobody()
    {
        _seals.Seal(Id, Ann);
        File.Delete(Path.Combine(_folder, $"{Id}.key"));

        Assert.Null(_seals.Open(Id));
        Assert.Empty(_seals.All());
    }

    [Fact]
    public void Whatever_octet_is_changed_the_seal_does_not_open()
    {
        _seals.Seal(Id, Ann);
        var path = Path.Combine(_folder, $"{Id}.seal");
        var whole = File.ReadAllBytes(path);
        for (var i = 0; i < whole.Length; i++)
        {
            var changed = whole.ToArray();
            changed[i] ^= 1;
            File.WriteAllBytes(path, changed);
            Assert.Throws<InvalidDataException>(() => _seals.Open(Id));
        }

        File.WriteAllBytes(path, []);
        Assert.Throws<InvalidDataException>(() => _seals.Open(Id));
    }

    [Fact]
    public void A_seal_moved_to_another_case_does_not_open()
    {
        _seals.Seal(Id, Ann);
        var other = new CaseId(7);
        File.Copy(Path.Combine(_folder, $"{Id}.seal"), Path.Combine(_folder, $"{other}.seal"));
        File.Copy(Path.Combine(_folder, $"{Id}.key"), Path.Combine(_folder, $"{other}.key"));

        Assert.Throws<InvalidDataException>(() => _seals.Open(other));
    }

    [Fact]
    public void Any_subject_comes_back_as_it_was_sealed()
    {
        var number = 0UL;
        Prop.ForAll<ulong, ulong, NonNull<string>>((upper, lower, line) =>
        {
            var subject = new SealedSubject(
                new IpKey(new UInt128(upper, lower)), string.Concat(line.Get.Where(char.IsAscii)), (uint)lower,
                (long)upper);
            var id = new CaseId(++number);
            _seals.Seal(id, subject);
            return _seals.Open(id) == subject;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }
}
