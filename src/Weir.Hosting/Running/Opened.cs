// SPDX-License-Identifier: Apache-2.0
//
// What takes time to open is opened when the host starts, in the order of the composition, and closed in reverse after
// the host has stopped. Nobody sees it half open: who is next in the list gets it whole.
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Weir.Hosting.Running;

/// <summary>Puts what is opened, and what is made of it, into a host.</summary>
public static class OpeningRegistration
{
    /// <summary>Adds a singleton that is opened at the start. The container disposes it.</summary>
    /// <param name="services">The host's parts.</param>
    /// <param name="open">Opens it; what stands before it in the list is there.</param>
    public static IServiceCollection AddOpened<T>(
        this IServiceCollection services, Func<IServiceProvider, CancellationToken, Task<T>> open)
        where T : class
    {
        services.AddSingleton<Opened<T>>();
        services.AddSingleton(provider => provider.GetRequiredService<Opened<T>>().Value);
        return services.AddSingleton<IHostedService>(provider => new Opening<T>(provider, open));
    }

    /// <summary>Adds work that is made when its turn to start has come: it may need what was opened before.</summary>
    public static IServiceCollection AddDeferred(
        this IServiceCollection services, Func<IServiceProvider, IHostedService> create) =>
        services.AddSingleton<IHostedService>(provider => new DeferredStart(() => create(provider)));
}

/// <summary>A place for what is opened at the start.</summary>
internal sealed class Opened<T>
    where T : class
{
    private T? _value;

    public T Value
    {
        get => _value ?? throw new InvalidOperationException(
            $"{typeof(T).Name} is asked for before its turn to open; move its line up in the composition");
        set => _value = value;
    }
}

/// <summary>Opens one thing.</summary>
internal sealed class Opening<T>(IServiceProvider provider, Func<IServiceProvider, CancellationToken, Task<T>> open)
    : IHostedService
    where T : class
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        provider.GetRequiredService<Opened<T>>().Value = await open(provider, cancellationToken);
        _ = provider.GetRequiredService<T>();
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>A service that is made when it starts.</summary>
internal sealed class DeferredStart(Func<IHostedService> create) : IHostedService, IAsyncDisposable
{
    private IHostedService? _made;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _made = create();
        return _made.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) =>
        _made?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        switch (_made)
        {
            case IAsyncDisposable other:
                await other.DisposeAsync();
                break;
            case IDisposable other:
                other.Dispose();
                break;
        }
    }
}
