// SPDX-License-Identifier: Apache-2.0
using Weir.Contracts.Mitigation;
using Weir.Desk.Mitigation;
using Weir.Desk.Mitigation.Rpz;
using Weir.Hosting.Blocking;
using Weir.Tests.Support;

namespace Weir.Tests.Blocking;

/// <summary>The zone's file as what is held; resolvers are asked for real in EndToEnd/Blocking.</summary>
public sealed class RpzBackendTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-rpz-").FullName;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddYears(50));
    private readonly RpzOptions _options;
    private readonly RpzBackend _backend;

    public RpzBackendTests()
    {
        _options = new() { File = Path.Combine(_folder, "zone"), Garden = "garden.example" };
        _backend = new(_options, _time);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_zone_is_there_before_any_block_is()
    {
        Assert.Empty((await _backend.ReadAsync(default)).Ours);

        Assert.Equal(new(1, 0), await MendAsync());

        Assert.Contains("@ NS localhost.\n", File.ReadAllText(_options.File!), StringComparison.Ordinal);
        Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead,
            File.GetUnixFileMode(_options.File!));
        Assert.Equal([_options.File!], Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Blocks_come_and_go_and_the_serial_grows_with_each_change_and_with_nothing_else()
    {
        var (one, two) = (MitigationSamples.Lease("name bad.example nxdomain", 1),
            MitigationSamples.Lease("answer 198.51.100.7/32 garden", 2));
        Assert.Equal(new(4, 0), await MendAsync(one, two));
        var text = File.ReadAllText(_options.File!);
        Assert.Contains("\n*.bad.example CNAME .\n", text, StringComparison.Ordinal);
        Assert.Contains("\n32.7.100.51.198.rpz-ip CNAME garden.example.\n", text, StringComparison.Ordinal);

        Assert.Equal(new(0, 0), await MendAsync(one, two));
        Assert.Equal(text, File.ReadAllText(_options.File!));

        Assert.Equal(new(0, 2), await MendAsync(two));
        Assert.DoesNotContain("bad.example", File.ReadAllText(_options.File!), StringComparison.Ordinal);
        Assert.True(PolicyZone.SerialOf(File.ReadAllText(_options.File!)) > PolicyZone.SerialOf(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("what somebody wrote by hand\n")]
    [InlineData("cut")]
    public async Task A_damaged_zone_is_written_anew_as_a_whole(string damage)
    {
        var lease = MitigationSamples.Lease("name bad.example nxdomain");
        _ = await MendAsync(lease);
        var text = File.ReadAllText(_options.File!);
        File.WriteAllText(_options.File!, damage == "cut" ? text[..^4] : damage);

        Assert.Equal(new(3, 0), await MendAsync(lease));

        Assert.Equal(text, File.ReadAllText(_options.File!)
            .Replace(
                $"{PolicyZone.SerialOf(File.ReadAllText(_options.File!))} ;", $"{PolicyZone.SerialOf(text)} ;",
                StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_record_that_nobody_planned_goes()
    {
        var lease = MitigationSamples.Lease("name bad.example nxdomain");
        _ = await MendAsync(lease);
        File.AppendAllText(_options.File!, "innocent.example CNAME .\n");

        Assert.Equal(new(0, 1), await MendAsync(lease));

        Assert.DoesNotContain("innocent", File.ReadAllText(_options.File!), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_cannot_be_written_is_named()
    {
        var backend = new RpzBackend(_options with { File = Path.Combine(_folder, "none", "zone") }, _time);

        var fault = await Assert.ThrowsAsync<MitigationBackendException>(
            () => backend.AnnounceAsync(backend.Plan([], _time.GetUtcNow()), default));

        Assert.StartsWith(
            $"the zone rpz.weir could not be written to {Path.Combine(_folder, "none", "zone")}: ", fault.Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_resolver_nothing_reaches_anybody_and_one_that_cannot_be_asked_is_named()
    {
        var plan = _backend.Plan([MitigationSamples.Lease("name bad.example nxdomain")], _time.GetUtcNow());
        _ = await _backend.AnnounceAsync(plan, default);
        Assert.True(IsNowhere(await _backend.ReachAsync(plan, default)));

        var away = new RpzBackend(
            _options, _time, [new("ns1", "/nowhere/rndc", [], ["reload"], ["status"])]);
        var reach = await away.ReachAsync(plan, default);
        Assert.True(IsNowhere(reach));
        var peer = Assert.Single(reach.Peers);
        Assert.False(peer.IsSound || peer.IsCurrent);
        Assert.Contains("ns1: /nowhere/rndc cannot be run", peer.Text, StringComparison.Ordinal);
    }

    private static bool IsNowhere(BlockReach reach) =>
        reach.Confirmed.Count > 0 && reach.Confirmed.Values.All(count => count < reach.Needed);

    /// <summary>What a reconciler does.</summary>
    private async Task<Mended> MendAsync(params Lease[] leases)
    {
        var plan = _backend.Plan(leases, _time.GetUtcNow());
        var difference = BlockDifference.Between(plan, (await _backend.ReadAsync(default)).Ours);
        if (difference.Orphans.Count > 0)
        {
            _ = await _backend.WithdrawAsync(difference.Orphans, default);
        }

        if (difference.Missing.Count > 0)
        {
            _ = await _backend.AnnounceAsync(difference.Missing, default);
        }

        var after = BlockDifference.Between(plan, (await _backend.ReadAsync(default)).Ours);
        Assert.Empty(after.Missing);
        Assert.Empty(after.Orphans);
        return new(difference.Missing.Count, difference.Orphans.Count);
    }

    private readonly record struct Mended(int Announced, int Withdrawn);
}
