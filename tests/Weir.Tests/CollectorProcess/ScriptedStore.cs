// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Protocol;
using Weir.Contracts.Segments;
using Weir.Hosting.Peers;
using Weir.Hosting.Peers.Serving;
using Weir.Wire.Native;

namespace Weir.Tests.CollectorProcess;

/// <summary>A store as its protocol has it: takes each segment once, asks where it is in doubt.</summary>
internal sealed class ScriptedStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (SegmentHeader Header, byte[] Octets)> _held = [];

    /// <summary>Refused with this code, when it is set.</summary>
    public string? Refuses { get; set; }

    /// <summary>Segments that came again without a doubt: each would have been doubled.</summary>
    public int Doubled { get; private set; }

    /// <summary>Segments that came again in doubt.</summary>
    public int Again { get; private set; }

    public IReadOnlyList<SegmentHeader> Held
    {
        get
        {
            lock (_gate)
            {
                return [.. _held.Values.Select(one => one.Header)];
            }
        }
    }

    public long Rows(SegmentKind kind) => Held.Where(one => one.Kind == kind).Sum(one => one.Rows);

    /// <summary>What it was told exporters say the time is.</summary>
    public HeardTime? Heard { get; private set; }

    public PeerRoutes Routes() => new PeerRoutes()
        .PostRaw(StoreRoutes.Segments, PeerRoles.Collector, StoreJson.Default.SegmentReceipt, TakeAsync, 1L << 30)
        .Post(StoreRoutes.HeardTime, PeerRoles.Collector, StoreJson.Default.HeardTime, StoreJson.Default.Done,
            (_, heard, _) =>
            {
                Heard = heard;
                return Task.FromResult(Done.It);
            });

    /// <summary>Sum of flows of all pairs.</summary>
    public async Task<long> FlowsAsync()
    {
        var flows = 0L;
        foreach (var block in await BlocksAsync(SegmentKind.Pairs))
        {
            foreach (var one in block["flows"].Values<ulong>())
            {
                flows += (long)one;
            }
        }

        return flows;
    }

    /// <summary>Scope and start of each row of evidence.</summary>
    public async Task<List<(ulong Scope, long StartMs, UInt128 Remote)>> EvidenceAsync()
    {
        var rows = new List<(ulong, long, UInt128)>();
        foreach (var block in await BlocksAsync(SegmentKind.Evidence))
        {
            for (var row = 0; row < block.Rows; row++)
            {
                rows.Add((
                    block["scope"].Values<ulong>()[row], block["start"].Values<long>()[row], block["remote"].Key(row)));
            }
        }

        return rows;
    }

    /// <summary>What each row of evidence was recorded for.</summary>
    public async Task<List<ulong>> BasesAsync() =>
        [.. (await BlocksAsync(SegmentKind.Evidence)).SelectMany(block => block["basis"].Values<ulong>().ToArray())];

    public async Task<List<NativeBlock>> BlocksAsync(SegmentKind kind)
    {
        byte[][] bodies;
        lock (_gate)
        {
            bodies = [.. _held.Values.Where(one => one.Header.Kind == kind).Select(one => one.Octets)];
        }

        var blocks = new List<NativeBlock>();
        foreach (var body in bodies)
        {
            var reader = new NativeReader(new MemoryStream(body[SegmentHeader.Length..]));
            while (await reader.ReadAsync(default) is { } block)
            {
                blocks.Add(block);
            }
        }

        return blocks;
    }

    private async Task<SegmentReceipt> TakeAsync(PeerCall call, Stream body, CancellationToken cancel)
    {
        using var whole = new MemoryStream();
        await body.CopyToAsync(whole, cancel);
        if (Refuses is { } code)
        {
            throw new PeerRefusalException(code, "the script says so", 422);
        }

        whole.Position = 0;
        var (header, damage) = await SegmentFile.CheckAsync(whole, cancel);
        Assert.Empty(damage);
        var name = call.Query("name")!;
        lock (_gate)
        {
            var wasThere = !_held.TryAdd(name, (header!.Value, whole.ToArray()));
            Doubled += wasThere && call.Query("doubt") == "0" ? 1 : 0;
            Again += wasThere ? 1 : 0;
            return new(name, $"{header.Value.Segment:x16}", header.Value.Rows, wasThere);
        }
    }
}
