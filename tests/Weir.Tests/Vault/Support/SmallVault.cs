// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Weir.Cli.Configuring;
using Weir.Contracts.Flows;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Scopes;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers.Serving;
using Weir.Tests.Support;
using Weir.Vault;
using Weir.Vault.Keys;
using Weir.Vault.Subjects;
using Weir.Wire;

namespace Weir.Tests.Vault.Support;

/// <summary>The vault's components in a folder of its own, with static, leased and shared addresses, whose collector
/// signs with a known key; its clock stands at the beginning of epoch 100.</summary>
internal sealed class SmallVault : IDisposable
{
    public const uint Now = 100;
    public const long NowMs = Now * Epochs.Ms;

    private ServiceProvider? _parts;

    public SmallVault() => Clock.Advance(TimeSpan.FromMilliseconds(NowMs));

    public static NetworkTable Networks { get; } = new(
    [
        new Network(Prefix.Parse("10.0.0.0/8")),
        new Network(Prefix.Parse("10.9.0.0/16"), Attribution: SubscriberMapping.Leased),
        new Network(Prefix.Parse("192.0.2.0/24"), Attribution: SubscriberMapping.Cgnat),
        new Network(Prefix.Parse("10.0.0.53/32"), Excluded: true),
        new Network(Prefix.Parse("2001:db8::/32"), SubjectLength: 56),
    ]);

    public string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("weir-vault-").FullName, "vault");

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch);

    public InMemoryAuditLog Audit { get; } = new();

    public ListedIdentity Identity { get; } = new();

    /// <summary>Signs events of the collector <c>edge-1</c>, which the vault knows.</summary>
    public SigningKey Collector { get; } = SigningKey.Create();

    public ISubjectRecords Records { get; init; } = new NoSubjectRecords();

    /// <summary>Changes of the options; effective at the next <see cref="Open"/>.</summary>
    public Func<VaultProcessOptions, VaultProcessOptions> Change { get; set; } = options => options;

    public EpochKeys Keys => Get<EpochKeys>();

    public T Get<T>()
        where T : notnull => (_parts ?? Open()).GetRequiredService<T>();

    /// <summary>Opens what lies in the folder, as a start does.</summary>
    public ServiceProvider Open()
    {
        _parts?.Dispose();
        var services = new ServiceCollection().AddLogging().AddSingleton<TimeProvider>(Clock)
            .AddVaultComponents(Options());
        return _parts = services.AddSingleton<IAuditLog>(Audit)
            .AddSingleton(new RepeatedRefusals(Audit, Clock)).BuildServiceProvider();
    }

    /// <summary>The settings of a vault, to be changed.</summary>
    public static WeirConfiguration Configured(VaultProcessOptions options) => (WeirConfiguration)options.Settings;

    public VaultProcessOptions Options() => Change(new VaultProcessOptions
    {
        Settings = new WeirConfiguration
        {
            Vault = new() { Dir = Folder },
            Complaints = new() { Reporters = [new() { Name = "peer" }] },
            Access = new() { Analysts = ["ann", "bob"], PrivacyOfficers = ["otto"] },
        },
        Networks = Networks,
        Peers = new() { Name = "vault", Socket = Path.Combine(Folder, "v.sock") },
        Grounds = new() { Keys = [new(new("collector", "edge-1"), Collector.Public)] },
        KnownIdentity = Identity,
        People = new(Weir.Contracts.Approvals.People.Lab),
        Records = Records,
        Desk = "weir",
        AllowRoot = true,
    });

    public VaultKeeper Keeper(string asker = "weir") => new(this, asker);

    /// <summary>The name of a subject under the key of an epoch.</summary>
    public SubjectKey NameOf(IpKey subject, uint epoch = Now)
    {
        using var names = Pseudonymizer.UnderKeyOf(Keys, epoch);
        return names.Pseudonymize(subject);
    }

    /// <summary>An order as the desk makes it, on an event that the collector signed.</summary>
    public ScopeOrder Order(CaseId id, SubjectKey subject, ScopeId scope, DateTimeOffset? at = null) =>
        SignedOrders.Make(Collector, id, subject, scope, at ?? Clock.GetUtcNow());

    /// <summary>Octets of every file in the folder.</summary>
    public IEnumerable<byte[]> Files() =>
        Directory.GetFiles(Folder, "*", SearchOption.AllDirectories).Where(path => !path.EndsWith("lock"))
            .Select(File.ReadAllBytes);

    public void Dispose()
    {
        _parts?.Dispose();
        Collector.Dispose();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
    }
}
