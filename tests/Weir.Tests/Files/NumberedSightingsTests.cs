// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Flows;
using Weir.Contracts.Segments;
using Weir.Hosting.Spooling;
using Weir.Wire;

namespace Weir.Tests.Files;

/// <summary>Sightings that are told under a number are held once, whatever becomes of who holds them.</summary>
public sealed class NumberedSightingsTests : IDisposable
{
    private const long Day = 86_400_000;

    private readonly string _folder = Directory.CreateTempSubdirectory("weir-spool-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_same_number_holds_what_is_new_behind_the_rest()
    {
        using (var spool = Open())
        {
            spool.Write(Rows(3), 7);
            spool.Write(Rows(3), 7);
            spool.BeginCount(4);
            spool.Write(Rows(5), 7);
            Assert.Equal(5, spool.State.RowsWritten);
        }

        using var next = Open();
        next.Write(Rows(5), 7);
        Assert.Equal(0, next.State.RowsWritten);
        next.Write(Rows(2), 8);
        Assert.Equal(2, next.State.RowsWritten);
    }

    [Fact]
    public void A_segment_that_was_named_and_not_held_is_held_by_the_next_run()
    {
        string name;
        using (var spool = Open())
        {
            spool.Write(Rows(2), 7);
            name = Assert.Single(spool.Folder.Waiting());
        }

        // As a kill leaves it between the line and the move.
        File.Move(name, Path.Combine(_folder, "spool", "tmp", Path.GetFileName(name)));
        using var next = Open();
        next.Write(Rows(2), 7);
        Assert.Equal(2, next.State.RowsWritten);
        Assert.Single(next.Folder.Waiting());
    }

    [Fact]
    public void A_torn_line_spoils_no_other()
    {
        using (var spool = Open())
        {
            spool.Write(Rows(1), 7);
        }

        File.AppendAllText(Path.Combine(_folder, "spool", "flows"), "told 7 0000");
        using (var spool = Open())
        {
            spool.Write(Rows(2), 7);
            Assert.Equal(1, spool.State.RowsWritten);
        }

        using var next = Open();
        next.Write(Rows(2), 7);
        Assert.Equal(0, next.State.RowsWritten);
    }

    private Spool Open() => new(
        new SpoolOptions { Directory = _folder, SegmentRows = 2, MinimumFree = 0 }, NullLogger<Spool>.Instance);

    private static SightingRow[] Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(i => new SightingRow(
            new Sighting(
                new SubjectKey(1), new Endpoint(IpKey.Parse("192.0.2.1"), 443, Protocols.Tcp), "c2",
                ContactKind.Exchange, (20_000 * Day) + (i / 3 * Day), 20_001 * Day, 1),
            0, 90)),
    ];
}
