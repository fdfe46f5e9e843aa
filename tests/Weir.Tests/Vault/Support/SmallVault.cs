// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Networks;
using Weir.Tests.Support;
using Weir.Vault;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Tests.Vault.Support;

/// <summary>A vault in a folder of its own, with static, leased and shared addresses; its clock stands at the beginning
/// of epoch 100.</summary>
internal sealed class SmallVault : IDisposable
{
    public const uint Now = 100;
    public const long NowMs = Now * Epochs.Ms;

    public SmallVault()
    {
        Clock.Advance(TimeSpan.FromMilliseconds(NowMs));
        Parts = Open();
    }

    public string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("weir-vault-").FullName, "vault");

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch);

    public InMemoryAuditLog Audit { get; } = new();

    public ListedIdentity Identity { get; } = new();

    public VaultDependencies Parts { get; private set; }

    public static NetworkTable Networks { get; } = new(
    [
        new Network(Prefix.Parse("10.0.0.0/8")),
        new Network(Prefix.Parse("10.9.0.0/16"), Attribution: SubscriberMapping.Leased),
        new Network(Prefix.Parse("192.0.2.0/24"), Attribution: SubscriberMapping.Cgnat),
        new Network(Prefix.Parse("10.0.0.53/32"), Excluded: true),
        new Network(Prefix.Parse("2001:db8::/32"), SubjectLength: 56),
    ]);

    public ISubjectRecords Records { get; init; } = new NoSubjectRecords();

    public VaultDependencies Open() =>
        Parts = VaultDependencies.Open(Folder, Networks, Identity, Audit, Records, Clock);

    public InProcessVault Keeper() => new(Parts, "weir", Clock);

    /// <summary>Octets of every file in the folder.</summary>
    public IEnumerable<byte[]> Files() =>
        Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Select(File.ReadAllBytes);

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
}
