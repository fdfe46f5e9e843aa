// SPDX-License-Identifier: Apache-2.0
using Weir.Wire;

namespace Weir.EndToEnd.SelfService;

/// <summary>A line that talks with somebody who is on no list, each second, until it is disposed: what an exporter that
/// delivers and a line that is in use look like.</summary>
internal sealed class Talk : IAsyncDisposable
{
    private static readonly IpKey Somebody = IpKey.Parse("198.51.100.200");

    private readonly CancellationTokenSource _end = new();
    private readonly Task _talking;

    public Talk(int port, IpKey line) => _talking = TalkAsync(port, line);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _talking;
        _end.Dispose();
    }

    private async Task TalkAsync(int port, IpKey line)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        try
        {
            do
            {
                await Exchange.SendAsync(port, line, Somebody, 443, TimeProvider.System.GetUtcNow(), 50_001);
            }
            while (await timer.WaitForNextTickAsync(_end.Token));
        }
        catch (OperationCanceledException)
        {
            // It hung up.
        }
    }
}
