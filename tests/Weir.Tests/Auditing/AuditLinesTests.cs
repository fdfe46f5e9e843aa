// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Auditing.Reading;

namespace Weir.Tests.Auditing;

/// <summary>A log that is taken elsewhere in parts is the same log there.</summary>
public sealed class AuditLinesTests : IDisposable
{
    private readonly AuditFixture _place = new();

    public void Dispose() => _place.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1_000)]
    public async Task A_log_put_together_from_its_lines_is_octet_for_octet_the_log(int most)
    {
        await _place.FillAsync(20);

        AuditLines.Write(
            _place.Beside("copy"), AuditLines.Key(_place.Directory), All(AuditLines.Heads, most),
            All(AuditLines.Entries, most));

        string[] files = [.. _place.Segments, _place.Heads, Path.Combine(_place.Directory, "public.pem")];
        Assert.All(files, file => Assert.Equal(
            File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(_place.Beside("copy"), Path.GetFileName(file)))));
        Assert.True(AuditVerifier.Verify(_place.Beside("copy"), _place.Heads).IsSound);
    }

    private List<string> All(Func<string, long, int, IReadOnlyList<string>> read, int most)
    {
        List<string> lines = [];
        while (read(_place.Directory, lines.Count, most) is { Count: > 0 } page)
        {
            lines.AddRange(page);
        }

        return lines;
    }
}
