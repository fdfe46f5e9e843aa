// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Weir.Hosting.Running;

namespace Weir.Tests.Hosting.Running;

public class ProcessHostTests
{
    private readonly List<string> _order = [];

    [Fact]
    public async Task Things_open_in_the_order_of_the_list_and_close_in_reverse()
    {
        using var stop = new CancellationTokenSource();
        var host = Build(services => services
            .AddOpened((_, _) => Task.FromResult(new First(_order)))
            .AddOpened((provider, _) => Task.FromResult(new Second(provider.GetRequiredService<First>(), _order)))
            .AddDeferred(provider => new Last(provider.GetRequiredService<Second>(), _order)));

        Assert.Null(await ProcessHost.RunAsync(host, stop.Cancel, stop.Token));
        Assert.Equal(
            ["first opened", "second opened", "last started", "last stopped", "second closed", "first closed"], _order);
    }

    [Fact]
    public async Task What_cannot_open_ends_the_start_and_what_was_open_is_closed()
    {
        var host = Build(services => services
            .AddOpened((_, _) => Task.FromResult(new First(_order)))
            .AddOpened<Second>((_, _) => throw new IOException("the disk is gone")));

        var fault = await Assert.ThrowsAsync<IOException>(() => ProcessHost.RunAsync(host, () => { }, default));

        Assert.Equal("the disk is gone", fault.Message);
        Assert.Equal(["first opened", "first closed"], _order);
    }

    [Fact]
    public async Task A_loop_that_fails_stops_the_process_and_is_named()
    {
        var host = Build(services => services.AddLoop("the loop", _ => async cancel =>
        {
            await Task.Yield();
            throw new IOException("the loop broke");
        }));

        Assert.Equal("the loop broke", (await ProcessHost.RunAsync(host, () => { }, default))?.Message);
    }

    [Fact]
    public async Task What_is_asked_for_before_its_turn_is_a_fault_of_the_list()
    {
        var host = Build(services => services
            .AddOpened((provider, _) => Task.FromResult(new Second(provider.GetRequiredService<First>(), _order)))
            .AddOpened((_, _) => Task.FromResult(new First(_order))));

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => ProcessHost.RunAsync(host, () => { }, default));

        Assert.Contains("move its line up", fault.Message, StringComparison.Ordinal);
    }

    private static IHost Build(Action<IServiceCollection> add) =>
        ProcessHost.Build(add, TimeProvider.System, NullLoggerFactory.Instance);

    private sealed class First : IDisposable
    {
        private readonly List<string> _order;

        public First(List<string> order) => (_order = order).Add("first opened");

        public void Dispose() => _order.Add("first closed");
    }

    private sealed class Second : IDisposable
    {
        private readonly List<string> _order;

        public Second(First first, List<string> order)
        {
            Assert.NotNull(first);
            (_order = order).Add("second opened");
        }

        public void Dispose() => _order.Add("second closed");
    }

    private sealed class Last(Second second, List<string> order) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            Assert.NotNull(second);
            order.Add("last started");
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            order.Add("last stopped");
            return Task.CompletedTask;
        }
    }
}
