// SPDX-License-Identifier: Apache-2.0
//
// One process of Weir: its components start in the order of their list and stop in reverse, each within its bound.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Weir.Hosting.Running;

/// <summary>Builds and runs a process.</summary>
public static class ProcessHost
{
    /// <summary>More than all bounds of a process's components together.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(90);

    /// <summary>A host of these components and nothing else.</summary>
    public static IHost Build(Action<IServiceCollection> add, TimeProvider time, ILoggerFactory logs)
    {
        var builder = new HostBuilder();
        builder.UseDefaultServiceProvider(provider =>
            (provider.ValidateOnBuild, provider.ValidateScopes) = (true, true));
        builder.ConfigureServices(services =>
        {
            services.Configure<HostOptions>(host => host.ShutdownTimeout = ShutdownTimeout);
            services.AddSingleton<IHostLifetime, NoSignals>();
            services.Replace(ServiceDescriptor.Singleton(logs));
            services.AddSingleton(time);
            services.AddMetrics();
            services.TryAddSingleton<ProcessFailure>();
            add(services);
        });
        return builder.Build();
    }

    /// <summary>Starts, runs until told to stop or until something fails that the process cannot do without, and
    /// stops.</summary>
    /// <param name="host">From <see cref="Build"/>; disposed here.</param>
    /// <param name="ready">Called when everything has started.</param>
    /// <param name="stop">Told to stop.</param>
    /// <returns>What failed; null where nothing did.</returns>
    /// <exception cref="Exception">The start failed; its message is for the operator.</exception>
    public static async Task<Exception?> RunAsync(IHost host, Action ready, CancellationToken stop)
    {
        try
        {
            await StartAsync(host, stop);
            ready();
            var life = host.Services.GetRequiredService<IHostApplicationLifetime>();
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, life.ApplicationStopping);
            var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var told = either.Token.Register(over.SetResult);
            await over.Task;
            await host.StopAsync(CancellationToken.None);
            return host.Services.GetRequiredService<ProcessFailure>().First ?? FailureOf(host);
        }
        finally
        {
            await ((IAsyncDisposable)host).DisposeAsync();
        }
    }

    /// <summary>Where one cannot start, those before it are stopped at once, without patience.</summary>
    private static async Task StartAsync(IHost host, CancellationToken stop)
    {
        try
        {
            await host.StartAsync(stop);
        }
        catch
        {
            await Task.WhenAny(host.StopAsync(new CancellationToken(canceled: true)));
            throw;
        }
    }

    /// <summary>A service of the framework's kind that ended by a failure stops the host by itself.</summary>
    private static Exception? FailureOf(IHost host) => host.Services.GetServices<IHostedService>()
        .OfType<BackgroundService>().Select(one => one.ExecuteTask)
        .FirstOrDefault(task => task is { IsFaulted: true })?.Exception!.GetBaseException();

    /// <summary>Signals are the program's business.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
