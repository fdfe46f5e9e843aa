// SPDX-License-Identifier: Apache-2.0
using Weir.Hosting.Browsers;

namespace Weir.Tests.Hosting.Browsers;

public sealed class PasskeyCountersTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-counters-").FullName;

    private string Place => Path.Combine(_folder, "keys", "counters.json");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_counter_goes_forward_and_outlives_a_restart()
    {
        var counters = new PasskeyCounters(Place);
        Assert.True(counters.TryAdvance("a", 5));
        Assert.False(counters.TryAdvance("a", 5));
        Assert.True(counters.TryAdvance("b", 0));
        Assert.True(counters.TryAdvance("b", 0));

        counters = new(Place);
        Assert.False(counters.TryAdvance("a", 4));
        Assert.True(counters.TryAdvance("a", 6));
    }

    /// <summary>Where the disk is full the person tries again with the same signature counted, not refused as a copy.
    /// </summary>
    [Fact]
    public void What_could_not_be_written_is_not_taken()
    {
        var counters = new PasskeyCounters(Place);
        Assert.True(counters.TryAdvance("a", 5));
        var inItsWay = Directory.CreateDirectory($"{Place}.new");
        Assert.ThrowsAny<Exception>(() => counters.TryAdvance("a", 9));

        inItsWay.Delete();
        Assert.True(counters.TryAdvance("a", 8));
        Assert.False(new PasskeyCounters(Place).TryAdvance("a", 8));
    }

    [Fact]
    public void A_damaged_file_is_refused_and_named()
    {
        _ = new PasskeyCounters(Place).TryAdvance("a", 5);
        File.WriteAllText(Place, "{\"a\":");
        Assert.Contains(
            Place, Assert.Throws<InvalidDataException>(() => new PasskeyCounters(Place)).Message, StringComparison.Ordinal);
    }
}
