// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Contracts.Clients;
using Weir.Contracts.Networks;
using Weir.Hosting.VaultClient;
using Weir.Tests.Support;

namespace Weir.Tests.Vault.Client;

public sealed class CachedEpochKeysTests
{
    private const uint Now = 100;

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);
    private readonly CachedEpochKeys _keys;
    private readonly Dictionary<uint, byte[]> _given = [];
    private bool _down;

    public CachedEpochKeysTests()
    {
        _clock.Advance(TimeSpan.FromMilliseconds(Now * Epochs.Ms) + TimeSpan.FromDays(3));
        _keys = new CachedEpochKeys(FetchAsync, _clock, NullLogger<CachedEpochKeys>.Instance);
    }

    [Fact]
    public async Task Down_at_the_start_there_is_no_key_and_when_it_answers_there_is()
    {
        _down = true;
        Assert.False(await _keys.RefreshAsync(default));
        Assert.False(_keys.Has(Now));
        Assert.Contains("no answer", _keys.Fault, StringComparison.Ordinal);
        Assert.Contains(
            "no answer", Assert.Throws<EpochKeyException>(() => _keys.GetKey(Now)).Message, StringComparison.Ordinal);

        _down = false;
        Assert.True(await _keys.RefreshAsync(default));

        Assert.Equal([Now - 1, Now], _keys.Epochs);
        Assert.True(_keys.Has(Now));
        Assert.Empty(_keys.Fault);
        Assert.Equal(_given[Now], _keys.GetKey(Now));
        Assert.Equal(Now, _keys.CohortOf(Now));
    }

    [Fact]
    public async Task Down_while_it_runs_takes_nothing_away_and_the_next_epochs_key_is_there_a_day_ahead()
    {
        await _keys.RefreshAsync(default);
        _clock.Advance(TimeSpan.FromDays(3));
        await _keys.RefreshAsync(default);
        Assert.True(_keys.Has(Now + 1));
        _down = true;

        _clock.Advance(TimeSpan.FromDays(2));
        Assert.True(await _keys.RefreshAsync(default));

        Assert.True(_keys.Has(Now));
        Assert.True(_keys.Has(Now + 1));
        _clock.Advance(TimeSpan.FromDays(6));
        Assert.False(await _keys.RefreshAsync(default));
        Assert.False(_keys.Has(Now + 2));
    }

    [Fact]
    public async Task A_key_that_is_held_is_not_asked_for_again()
    {
        await _keys.RefreshAsync(default);
        _given.Clear();

        await _keys.RefreshAsync(default);

        Assert.Empty(_given);
    }

    [Fact]
    public async Task Shortly_before_its_erasure_a_key_names_no_more_flows_and_then_it_is_cleared_in_memory()
    {
        await _keys.RefreshAsync(default);
        var kept = _given[Now - 1];
        _clock.Advance(Epochs.ErasedAt(Now - 1) - _clock.GetUtcNow() - CachedEpochKeys.Margin);

        await _keys.RefreshAsync(default);
        Assert.False(_keys.Has(Now - 1));
        Assert.Equal(kept, _keys.GetKey(Now - 1));

        _clock.Advance(CachedEpochKeys.Margin);
        await _keys.RefreshAsync(default);
        Assert.Throws<EpochKeyException>(() => _keys.GetKey(Now - 1));
        Assert.All(kept, octet => Assert.Equal(0, octet));
    }

    [Fact]
    public async Task What_a_caller_clears_is_a_copy()
    {
        await _keys.RefreshAsync(default);
        Array.Clear(_keys.GetKey(Now));

        Assert.Equal(_given[Now], _keys.GetKey(Now));
        Assert.NotEqual(new byte[32], _keys.GetKey(Now));
    }

    [Fact]
    public async Task Asking_whether_a_key_is_held_allocates_nothing()
    {
        await _keys.RefreshAsync(default);
        _ = _keys.Has(Now);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
        {
            _ = _keys.Has(Now);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private Task<(byte[] Key, ulong Cohort)> FetchAsync(uint epoch, CancellationToken cancel)
    {
        if (_down)
        {
            throw new VaultDownException("no answer");
        }

        _given[epoch] = [.. Enumerable.Repeat((byte)epoch, 32)];
        return Task.FromResult((_given[epoch], (ulong)epoch));
    }
}
