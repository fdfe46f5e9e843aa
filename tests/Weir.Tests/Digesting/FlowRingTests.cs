// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Weir.Collector.Digesting;
using Weir.Contracts.Flows;
using Weir.Contracts.Scopes;
using Weir.Tests.Support;
using Weir.Wire;

namespace Weir.Tests.Digesting;

/// <summary>The ring of raw flows: bounded in size and time, sealed on disk, without a name, and open to
/// nobody but a scope.</summary>
public sealed class FlowRingTests : IDisposable
{
    private const long Noon = RandomFlows.Noon;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-ring-").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);

    public FlowRingTests() => _clock.Advance(TimeSpan.FromMilliseconds(Noon + 3_600_000));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_file_has_no_name_and_no_address_in_clear()
    {
        using var ring = Open();
        var random = new Random(1);
        var flows = Enumerable.Range(0, 20_000).Select(_ => RandomFlows.One(random, Noon, Noon + 60_000)).ToArray();
        ring.Append(flows);
        Written(ring);

        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder));
        var octets = OctetsOnDisk();
        Assert.True(octets.AsSpan().ContainsAnyExcept((byte)0), "nothing was written");
        Span<byte> address = stackalloc byte[16];
        foreach (var key in flows.SelectMany(flow => new[] { flow.Subject, flow.Remote }).Distinct())
        {
            key.WriteTo(address);
            Assert.True(octets.AsSpan().IndexOf(key.IsV4 ? address[10..] : address) < 0, "an address in network order");
            BinaryPrimitives.WriteUInt128LittleEndian(address, key.Bits);
            Assert.True(
                octets.AsSpan().IndexOf(key.IsV4 ? address[..6] : address) < 0, "an address as it lies in memory");
        }

        var clear = MemoryMarshal.AsBytes(flows.AsSpan());
        Assert.True(
            clear.IndexOf(LittleEndian(RandomFlows.Subject(0))) >= 0,
            "the same search finds it in the flows themselves");
    }

    [Fact]
    public void Nobody_but_the_owner_could_open_the_file_before_it_lost_its_name()
    {
        using var ring = Open();
        var (file, name) = Own();
        Assert.EndsWith(" (deleted)", name, StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public void The_oldest_make_way_within_the_size_and_the_reach_says_so()
    {
        using var ring = Open(octets: 2 << 20);
        var flow = RandomFlows.One(new Random(2), Noon, Noon + 1);
        for (var i = 0; i < 100_000; i++)
        {
            ring.Append([flow with { StartMs = Noon + i }]);
            if (i % FlowRing.BlockFlows == FlowRing.BlockFlows - 1)
            {
                // A mark that was never set holds nothing back: it only waits for so many blocks.
                _ = ring.Reach(new RingPin((i + 1) / FlowRing.BlockFlows, 0, 0));
            }
        }

        var state = ring.State;
        Assert.InRange(state.Octets, 1 << 20, 2 << 20);
        Assert.Equal((0, 0), (state.Lost, state.Flows % FlowRing.BlockFlows));
        Assert.Equal(Noon + (100_000 / FlowRing.BlockFlows * FlowRing.BlockFlows) - state.Flows, state.ReachMs);

        var mark = ring.Mark();
        var promised = ring.Reach(mark);
        var rows = Scan(ring, flow, Noon, Noon + 100_000, mark.Before);
        Assert.InRange(promised, state.ReachMs, state.ReachMs + (100_000 / 4));
        Assert.Equal(
            Enumerable.Range(0, (int)(Noon + 100_000 - promised)).Select(i => promised + i),
            rows.Select(row => row.StartMs).Where(start => start >= promised));
    }

    [Fact]
    public void A_flow_older_than_the_span_cannot_be_read_any_more_even_on_a_quiet_line()
    {
        using var ring = Open();
        var flow = RandomFlows.One(new Random(3), Noon, Noon + 1);
        ring.Append([flow]);
        _clock.Advance(TimeSpan.FromMinutes(1));
        ring.DropExpired();
        Assert.Equal(1, Written(ring).Flows);
        Assert.Single(RowsOf(ring, flow, Noon, Noon + 1));

        _clock.Advance(TimeSpan.FromMinutes(6));
        ring.DropExpired();
        Assert.Equal((0, 0L, 0L), (ring.State.Blocks, ring.State.Flows, ring.State.Octets));
        Assert.Equal(flow.StartMs + 1, ring.State.ReachMs);
        Assert.Empty(RowsOf(ring, flow, Noon, Noon + 1));
    }

    [Fact]
    public void What_a_pass_needs_stays_and_what_finds_no_room_then_is_counted()
    {
        using var ring = Open(octets: 1 << 20);
        var flow = RandomFlows.One(new Random(4), Noon, Noon + 1);
        ring.Append(Enumerable.Repeat(flow, 2 * FlowRing.BlockFlows).ToArray());
        var mark = ring.Mark();
        ring.Append(Enumerable.Repeat(flow with { StartMs = Noon + 50 }, 2 * FlowRing.BlockFlows).ToArray());
        var state = Written(ring);

        Assert.Equal(long.MinValue, ring.Reach(mark));
        Assert.Equal(4 * FlowRing.BlockFlows, state.Flows + state.Lost);
        Assert.True(state.Lost > 0, "everything found room");
        Assert.Equal(Noon + 51, state.ReachMs);
        Assert.Contains("pass", state.Fault, StringComparison.Ordinal);
        Assert.Equal(2 * FlowRing.BlockFlows, Scan(ring, flow, Noon, Noon + 10, mark.Before).Length);
    }

    [Fact]
    public void A_block_that_comes_back_damaged_gives_no_row_and_is_counted()
    {
        using var ring = Open();
        var flow = RandomFlows.One(new Random(5), Noon, Noon + 1);
        ring.Append([flow]);
        Written(ring);
        RandomAccess.Write(Own().File, [1, 2, 3], 10);

        Assert.Empty(RowsOf(ring, flow, Noon, Noon + 1));
        Assert.Equal(1, ring.State.Lost);
        Assert.Contains("damaged", ring.State.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_an_hour_does_not_construct() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new FlowRing(new RingOptions { Directory = _folder, Span = TimeSpan.FromMinutes(61) }, 1, _clock));

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        var file = Path.Combine(_folder, "file");
        File.WriteAllText(file, "");
        var refused = Assert.Throws<IOException>(() => new FlowRing(new RingOptions { Directory = file }, 1, _clock));
        Assert.Contains(file, refused.Message, StringComparison.Ordinal);
        File.Delete(file);
    }

    private FlowRing Open(long octets = 64 << 20) =>
        new(new RingOptions { Directory = _folder, Size = octets }, 1, _clock);

    /// <summary>Closes the block under way and waits until everything is on disk.</summary>
    private static RingState Written(FlowRing ring)
    {
        var mark = ring.Mark();
        _ = ring.Reach(mark);
        ring.Release([mark]);
        return ring.State;
    }

    private EvidenceRow[] RowsOf(FlowRing ring, Flow flow, long fromMs, long untilMs)
    {
        var mark = ring.Mark();
        var rows = Scan(ring, flow, fromMs, untilMs, mark.Before);
        ring.Release([mark]);
        return rows;
    }

    private static EvidenceRow[] Scan(FlowRing ring, Flow flow, long fromMs, long untilMs, long before)
    {
        var kept = new InMemoryEvidenceSink();
        var rows = new EvidenceBuffer(kept);
        var scope = new ScopeWatch(
            new ScopeId(1), flow.Subject,
            TrafficClass.Create(Direction.Both, flow.Protocol, [flow.RemotePort], []).Predicate, fromMs, untilMs);
        ring.Scan([new RingScanTarget(scope, before)], rows);
        rows.FlushBeside().GetAwaiter().GetResult();
        return kept.Rows;
    }

    private static byte[] LittleEndian(IpKey key)
    {
        var octets = new byte[16];
        BinaryPrimitives.WriteUInt128LittleEndian(octets, key.Bits);
        return octets;
    }

    /// <summary>The file behind our own descriptor: it has no other way in.</summary>
    private (SafeFileHandle File, string Name) Own()
    {
        var descriptors = from path in Directory.EnumerateFiles("/proc/self/fd")
                          let target = Target(path)
                          where target?.StartsWith(_folder, StringComparison.Ordinal) == true
                          select (
                              new SafeFileHandle(
                                  nint.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture), ownsHandle: false),
                              target);
        return descriptors.Single();
    }

    /// <summary>Null where the descriptor was closed since the folder was listed: others run beside us.</summary>
    private static string? Target(string descriptor)
    {
        try
        {
            return File.ResolveLinkTarget(descriptor, false)?.FullName;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private byte[] OctetsOnDisk()
    {
        var file = Own().File;
        var octets = new byte[RandomAccess.GetLength(file)];
        _ = RandomAccess.Read(file, octets, 0);
        return octets;
    }
}
