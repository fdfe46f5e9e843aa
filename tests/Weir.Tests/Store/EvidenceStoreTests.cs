// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Deciding;
using Weir.Flows;
using Weir.Store.Flows;
using Weir.Tests.Digesting;
using Weir.Wire;

namespace Weir.Tests.Store;

/// <summary>Evidence in the real engines: only what a filter allows comes out, and what is erased is gone from the files too.</summary>
public sealed class EvidenceStoreTests(Engines engines) : IClassFixture<Engines>, IDisposable
{
    private const long Hour = 3_600_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-evidence-").FullName;

    public static TheoryData<Engine> Both => new(Engine.Embedded, Engine.Server);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Both))]
    public async Task Every_field_comes_back_as_it_went(Engine engine)
    {
        if (engines.Of(engine) is not { } store)
        {
            return;
        }

        var (scopes, flows) = Made(seed: 1, firstScope: 1_000);
        using var held = await LoadAsync(store, scopes, flows);
        foreach (var scope in scopes)
        {
            var expected = MadeFlows.Expected([scope], flows);
            var read = await held.Store.ReadAsync(All(scope), int.MaxValue, default);
            Assert.Equal(MadeFlows.Sorted(expected), MadeFlows.Sorted(read));
            Assert.Equal(expected.Count, await held.Store.CountAsync(All(scope), default));
        }
    }

    private static RowFilter All(ScopeWatch scope) => new(scope.Scope, scope.Class, scope.FromMs, scope.UntilMs, ScopeFields.All);

    private static (ScopeWatch[] Scopes, Flow[] Flows) Made(int seed, ulong firstScope, int flows = 3_000)
    {
        var random = new Random(seed);
        return (
            [.. Enumerable.Range(0, 20).Select(i => MadeFlows.Watch(random, firstScope + (ulong)i, MadeFlows.Noon + random.NextInt64(0, Hour), MadeFlows.Noon + Hour + random.NextInt64(0, Hour)))],
            [.. Enumerable.Range(0, flows).Select(_ => MadeFlows.One(random, MadeFlows.Noon, MadeFlows.Noon + (2 * Hour)))]);
    }

    private async Task<Held> LoadAsync(FlowStore store, ScopeWatch[] scopes, Flow[] flows)
    {
        var spool = new Spool(new SpoolOptions { Directory = _folder, MinimumFree = 0 }, NullLogger<Spool>.Instance);
        var loader = new SpoolLoader(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
        spool.Write(MadeFlows.Expected(scopes, flows).ToArray());
        await loader.DrainAsync(default);
        return new Held(spool, loader, new EvidenceStore(store, loader, TimeProvider.System));
    }

    private sealed record Held(Spool Spool, SpoolLoader Loader, EvidenceStore Store) : IDisposable
    {
        public void Dispose()
        {
            Loader.Dispose();
            Spool.Dispose();
        }
    }
}
