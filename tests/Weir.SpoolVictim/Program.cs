// SPDX-License-Identifier: Apache-2.0
//
// Arguments: folder, path of Weir.Cli.dll, number of the first batch. Writes batches of rows into the spool and loads
// them into an embedded store beside it, for ever; says "held N" on standard output when batch N is held and
// "loaded N" when the store took N rows of this run. The batch's number stands in octets_in of its rows.
// It is meant to be killed. With the first argument "audit" it is AuditVictim instead, with "outbox" OutboxVictim,
// with "store" StoreVictim, with "shard" ShardNode.
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.SpoolVictim;
using Weir.SpoolVictim.Shards;
using Weir.Store.Engine;
using Weir.Store.Loading;
using Weir.Wire;

if (args is ["audit", var log, var run])
{
    await AuditVictim.RunAsync(log, run);
    return;
}

if (args is ["outbox", var outbox, var from])
{
    await OutboxVictim.RunAsync(outbox, long.Parse(from, CultureInfo.InvariantCulture));
    return;
}

if (args is ["store", var house, var program, var door])
{
    await StoreVictim.RunAsync(house, program, door);
    return;
}

if (args is ["shard", .. var node])
{
    await ShardNode.RunAsync(ShardNodeOptions.Read(node));
    return;
}

const int RowsPerBatch = 20_000;
const uint Day = 1_772_409_600;
var folder = args[0];
using var spool = new Spool(new SpoolOptions { Directory = folder, MinimumFree = 0 }, NullLogger<Spool>.Instance);
Console.WriteLine("open");
var writing = Task.Run(() =>
{
    for (var batch = ulong.Parse(args[2], CultureInfo.InvariantCulture); ; batch++)
    {
        var rows = new PairDigest[RowsPerBatch];
        for (var i = 0; i < rows.Length; i++)
        {
            rows[i] = new PairDigest
            {
                HourSeconds = Day + ((uint)(batch % 24) * 3_600),
                Subject = new SubjectKey((UInt128)i),
                Endpoint = new Endpoint(IpKey.FromV4((uint)i), 443, 6),
                Flows = 1,
                OctetsIn = batch,
            };
        }

        spool.Write(rows);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"held {batch}"));
        Thread.Sleep(50);
    }
});
await using var store = await FlowStore.OpenAsync(
    new() { Embedded = Path.Combine(folder, "store") }, TimeProvider.System, NullLoggerFactory.Instance, default,
    new() { CommandLine = ["dotnet", args[1], "flowstore"] });
using var loader = new SpoolLoader(spool, store, TimeProvider.System, NullLogger<SpoolLoader>.Instance);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"child {store.Process!.State.ProcessId}"));
var telling = Task.Run(async () =>
{
    for (long told = 0; ; await Task.Delay(20))
    {
        if (loader.State.RowsLoaded > told)
        {
            told = loader.State.RowsLoaded;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"loaded {told}"));
        }
    }
});
await Task.WhenAny(writing, telling, loader.RunAsync(default)).Unwrap();
