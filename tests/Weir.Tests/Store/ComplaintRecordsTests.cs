// SPDX-License-Identifier: Apache-2.0
using Weir.Desk.Complaints;
using Weir.Desk.Records;
using Weir.Tests.Support;

namespace Weir.Tests.Store;

public sealed class ComplaintRecordsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-complaints-");

    private string Place => Path.Combine(_folder.FullName, "records.sqlite");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_was_kept_is_known_after_a_restart_to_its_own_reporter_alone()
    {
        using (var file = RecordsFile.Open(Place))
        {
            var records = new ComplaintRecords(file, new FakeTimeProvider(DateTimeOffset.UnixEpoch));
            Assert.False(records.Knows("peer", "1"));
            records.Remember("peer", "1");
            records.Remember("peer", "1");
        }

        using var again = RecordsFile.Open(Place);
        var kept = new ComplaintRecords(again, new FakeTimeProvider(DateTimeOffset.UnixEpoch));
        Assert.Equal([true, false, false], new[] { ("peer", "1"), ("peer", "2"), ("other", "1") }.Select(c =>
            kept.Knows(c.Item1, c.Item2)));
    }
}
