// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Lists;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.Store.ClickHouse;
using Weir.Store.Loading;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>Which listed endpoints lines talked to, over rows in a real store.</summary>
public sealed class SightingRepositoryTests(Engines engines) : IClassFixture<Engines>, IDisposable
{
    private const long Day = 1_772_409_600_000 + (40L * 86_400_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-sighted-").FullName;

    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Both))]
    public async Task Lines_are_counted_once_each_and_attempts_sinkholes_and_old_ones_not_at_all(Engine engine)
    {
        var store = engines.Get(engine);
        await StoreRows.EmptyAsync(store, "sightings");
        SightingRow[] rows =
        [
            .. Enumerable.Range(1, 12).Select(i => Row(i, "198.51.100.7")),
            .. Enumerable.Range(1, 12).Select(i => Row(i, "198.51.100.7", list: "other", lastMs: Day + 9_000)),
            Row(1, "198.51.100.8", ContactKind.Attempt), Row(1, "198.51.100.9", ContactKind.AnsweredProbe),
            Row(1, "198.51.100.10", role: ListRole.Sinkhole), Row(1, "198.51.100.11", lastMs: Day - 1),
            Row(1, "2001:db8::7", ContactKind.OneSided),
        ];
        using (var spool = new Spool(
            new SpoolOptions { Directory = Path.Combine(_folder, "spool"), MinimumFree = 0 },
            NullLogger<Spool>.Instance))
        {
            spool.Write(rows);
            using var loader = new SpoolLoader(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
            await loader.DrainAsync(default);
        }

        var found = await new SightingRepository(store.Client).SinceAsync(
            DateTimeOffset.FromUnixTimeMilliseconds(Day), default);
        Assert.Equal(
            ["198.51.100.7:443/tcp 12", "[2001:db8::7]:443/tcp 1"],
            found.Select(f => $"{f.Endpoint} {f.Lines}").Order(StringComparer.Ordinal));
        var most = found.Single(f => f.Lines == 12);
        Assert.Equal((Day + 1_000, Day + 9_000), (most.FirstMs, most.LastMs));
    }

    private static SightingRow Row(
        int subject, string address, ContactKind kind = ContactKind.Exchange, ListRole role = ListRole.C2,
        string list = "feodo", long lastMs = Day + 5_000) =>
        new(
            new Sighting(
                new SubjectKey((UInt128)(uint)subject * 7_919), new Endpoint(IpKey.Parse(address), 443, Protocols.Tcp),
                list, kind, Math.Min(Day + 1_000, lastMs), lastMs, 1),
            (byte)role, 90);
}
