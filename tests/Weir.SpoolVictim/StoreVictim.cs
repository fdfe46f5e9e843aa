// SPDX-License-Identifier: Apache-2.0
//
// The store's process behind a Unix socket on which this user is a collector; says "ready" once it answers.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Hosting.Auditing;
using Weir.Hosting.Peers;
using Weir.Hosting.Posix;
using Weir.Hosting.Sections;
using Weir.Store;

namespace Weir.SpoolVictim;

internal static class StoreVictim
{
    public static async Task RunAsync(string folder, string program, string socket)
    {
        using var key = SigningKey.Create();
        var ring = new PublicKeyRing(ScopeGrounds.Kinds, [(new KeyHolder("store", "store"), key.Public)]);
        var options = new StoreProcessOptions
        {
            Settings = new Configured(new() { Embedded = Path.Combine(folder, "store"), RetentionDays = 90 }),
            Folder = folder,
            Engine = new() { CommandLine = ["dotnet", program, "flowstore"] },
            Key = key,
            Ring = ring,
            Peers = new()
            {
                Name = "store",
                Socket = socket,
                Users = new Dictionary<string, PeerRoles> { [OsUsers.NameOf(OsUsers.Own)] = PeerRoles.Collector },
            },
            Retention = new() { EvidenceDays = 400 },
        };
        using var host = new HostBuilder()
            .ConfigureLogging(logs => logs.ClearProviders())
            .ConfigureServices(services => services.AddStoreProcess(options))
            .Build();
        await host.StartAsync();
        Console.WriteLine("ready");
        await host.WaitForShutdownAsync();
    }

    private sealed record Configured(StoreOptions Store) : IStoreConfiguration
    {
        public Profile Profile => Profile.UsProvider;

        public AttributingOptions Attributing { get; } = new();

        public ComparisonsOptions Comparing { get; } = new();

        public BrakeOptions Brake { get; } = new();

        public AuditOptions Auditing { get; } = new();

        public TimeSpan RowsOnTheWay => TimeSpan.FromMinutes(10);
    }
}
