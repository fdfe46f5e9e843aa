// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Weir.Desk.Lists;
using Weir.Desk.Lists.Feeds;
using Weir.Desk.Lists.Feeds.Reading;
using Weir.Hosting.Auditing;
using Weir.Tests.Cases;

namespace Weir.Tests.Matching;

/// <summary>Which list is in force, on the desk's chain: once for each that came in force, and found there as it was
/// written.</summary>
public sealed class ListRecordTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-record").FullName;
    private readonly FakeTimeProvider _time = new(new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly BreakableAuditLog _audit = new();
    private readonly ListRecord _record = new(["/desk/promoted"]);

    public void Dispose()
    {
        _record.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A file that is written again as it was is no other list, and the desk's own lists have entries of their
    /// own.</summary>
    [Fact]
    public async Task What_comes_in_force_is_one_entry_and_what_the_desk_keeps_itself_is_none()
    {
        Take(_record, "192.0.2.1\n", "theirs");
        Take(_record, "192.0.2.1\n", "theirs");
        Take(_record, "192.0.2.9\n", "promoted", "/desk/promoted");
        Take(_record, "192.0.2.2\n", "theirs");
        Take(_record, "192.0.2.1\n", "theirs");
        await _record.WriteAsync(_audit, default);

        Assert.Equal(
            ((string[])["192.0.2.1\n", "192.0.2.2\n", "192.0.2.1\n"]).Select(DigestOf),
            _audit.EntriesOf(AuditActions.ListInForce).Select(entry => entry.ResultDigest));
    }

    /// <summary>Who puts another chain in the place of the desk's has an entry of the same number, and not the same
    /// entry.</summary>
    [Trait("Attack", "24")]
    [Fact]
    public async Task An_entry_of_the_same_number_on_another_chain_is_not_the_one_that_was_written()
    {
        var (own, other) = (Path.Combine(_folder, "own"), Path.Combine(_folder, "other"));
        await WriteAsync(_record, own);
        _time.Advance(TimeSpan.FromSeconds(1));
        using (var another = new ListRecord([]))
        {
            await WriteAsync(another, other);
        }

        Assert.Equal(DigestOf("192.0.2.1\n"), _record.OnChain("theirs", own)?.ResultDigest);
        Assert.Null(_record.OnChain("theirs", other));
    }

    private async Task WriteAsync(ListRecord record, string chain)
    {
        Take(record, "192.0.2.1\n", "theirs");
        await using var log = FileAuditLog.Open(
            new AuditOptions { Directory = chain }, _time, NullLogger<FileAuditLog>.Instance);
        await record.WriteAsync(log, default);
    }

    private void Take(ListRecord record, string text, string name, string? path = null)
    {
        var options = new FeedOptions { Path = path ?? "/lists/" + name, Name = name };
        record.Take(options, new(FeedReader.Parse(text, options, _time), DigestOf(text), _time.GetUtcNow()));
    }

    private static string DigestOf(string text) => ListDigest.Of(System.Text.Encoding.UTF8.GetBytes(text));
}
