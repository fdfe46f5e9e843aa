// SPDX-License-Identifier: Apache-2.0
//
// The store's process behind a Unix socket on which this user is a collector; says "ready" once it answers.
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Weir.Contracts.Grounds;
using Weir.Contracts.Networks;
using Weir.Contracts.Signing;
using Weir.Hosting.Peers;
using Weir.Hosting.Posix;
using Weir.Store;

namespace Weir.SpoolVictim;

internal static class StoreVictim
{
    public static async Task RunAsync(string folder, string program, string socket)
    {
        using var key = SigningKey.Create();
        var ring = new PublicKeyRing(ScopeGrounds.Kinds, [(new KeyHolder("store", "store"), key.Public)]);
        var own = Path.Combine(folder, "own");
        var networks = new NetworkTable([]);
        var options = new StoreProcessOptions
        {
            Engine = new() { Folder = Path.Combine(folder, "store"), CommandLine = ["dotnet", program, "flowstore"] },
            Audit = new() { Directory = Path.Combine(folder, "audit") },
            Peers = new()
            {
                Name = "store",
                Socket = socket,
                Users = new Dictionary<string, PeerRoles> { [OsUsers.NameOf(OsUsers.Own)] = PeerRoles.Collector },
            },
            Segments = new() { Folder = own },
            Evidence = new() { Folder = own, Ring = ring },
            Comparisons = new() { Networks = networks, FoundFile = Path.Combine(own, "found.json") },
            Population = new() { Folder = Path.Combine(own, "population"), Lines = networks.Lines },
            LookBack = new() { Key = key },
            Retention = new() { PairDays = 90, EvidenceDays = 400 },
        };
        using var host = new HostBuilder()
            .ConfigureLogging(logs => logs.ClearProviders())
            .ConfigureServices(services => services.AddStoreProcess(options))
            .Build();
        await host.StartAsync();
        Console.WriteLine("ready");
        await host.WaitForShutdownAsync();
    }
}
